import json

import _jsonnet
import pytest
from allennlp.common import Params
from allennlp.data import Token, TokenIndexer, Vocabulary
from allennlp.modules import TextFieldEmbedder

import bio_ie.data.token_indexers
import bio_ie.modules.token_embedders  # noqa: F401 - they register what the config names

NAMES = [
    "scibert",
    "scibert_cased",
    "biobert",
    "pubmedbert",
    "bert_base_cased",
    "bert_base_uncased",
    "bluebert",
    "minilm",
    "biolinkbert",
    "sapbert",
    "bioformer",
    "biomed_roberta",
    "deberta_v3",
    "modernbert",
    "bioclinical_modernbert",
]


LIBRARY = "training_config/lib/shared/encoders.libsonnet"


@pytest.fixture(scope="module")
def evaluate(fixtures_folder):
    def evaluate_with_encoders(expression: str) -> "dict":
        snippet = f"local encoders = import '{LIBRARY}'; {expression}"
        base = str(fixtures_folder.parent / "snippet.jsonnet")
        return json.loads(_jsonnet.evaluate_snippet(base, snippet))

    return evaluate_with_encoders


@pytest.mark.parametrize("name", NAMES)
def test_each_name_gives_a_pair_for_one_encoder(evaluate, name):
    encoder = evaluate(f"encoders.{name}")

    indexer = encoder["token_indexers"]["tokens"]
    embedder = encoder["text_field_embedder"]["token_embedders"]["tokens"]
    assert indexer["model_name"] == embedder["model_name"] == encoder["model_name"]
    assert encoder["hidden_size"] in (384, 768)
    assert encoder["include_in_archive"] == ["encoder"]


def test_every_named_encoder_is_tested_here(evaluate):
    assert sorted(evaluate("std.objectFields(encoders)")) == sorted(NAMES)


def test_settings_of_a_named_encoder_can_be_changed(evaluate):
    encoder = evaluate(
        "encoders.scibert { embedder+: { sub_token_mode: 'max' }, indexer+: { max_length: 64 } }"
    )

    embedder = encoder["text_field_embedder"]["token_embedders"]["tokens"]
    assert embedder["sub_token_mode"] == "max"
    assert embedder["model_name"] == "allenai/scibert_scivocab_uncased"
    assert encoder["token_indexers"]["tokens"]["max_length"] == 64


@pytest.mark.parametrize("tiny", [False, True])
def test_pair_is_built_and_embeds(evaluate, fixtures_folder, tiny):
    folder = json.dumps(str(fixtures_folder / "encoders" / "tiny_bert"))
    encoder = evaluate(f"encoders.pretrained({folder}, 32)" if tiny else "encoders.minilm")
    indexer = TokenIndexer.from_params(Params(encoder["token_indexers"]["tokens"]))
    embedder = TextFieldEmbedder.from_params(Params(encoder["text_field_embedder"]))

    indexed = indexer.tokens_to_indices([Token("aspirin"), Token("toxicity")], Vocabulary())
    tensors = indexer.as_padded_tensor_dict(indexed, indexer.get_padding_lengths(indexed))
    vectors = embedder({"tokens": {key: tensor[None] for key, tensor in tensors.items()}})
    assert vectors.shape == (1, 2, encoder["hidden_size"])


def test_random_words_embed_those_of_the_vocabulary_without_case(evaluate):
    encoder = evaluate("encoders.random_words(8) { embedder+: { word_dropout: 0.3 } }")
    assert "include_in_archive" not in encoder
    vocab = Vocabulary()
    vocab.add_token_to_namespace("aspirin")
    indexer = TokenIndexer.from_params(Params(encoder["token_indexers"]["tokens"]))
    embedder = TextFieldEmbedder.from_params(Params(encoder["text_field_embedder"]), vocab=vocab)
    assert embedder.token_embedder_tokens.word_dropout == 0.3

    words = [Token("Aspirin"), Token("aspirin"), Token("unheard-of")]
    indexed = indexer.tokens_to_indices(words, vocab)
    tensors = indexer.as_padded_tensor_dict(indexed, indexer.get_padding_lengths(indexed))
    tensors = {"tokens": {key: tensor[None] for key, tensor in tensors.items()}}
    upper, lower, unknown = embedder.eval()(tensors)[0]
    assert upper.tolist() == lower.tolist() != unknown.tolist()
    assert len(upper) == encoder["hidden_size"] == 8
