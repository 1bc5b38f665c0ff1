import json
from typing import Any

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Instance, Token, Vocabulary
from allennlp.data.fields import TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer
from allennlp.modules import TextFieldEmbedder, TokenEmbedder

from bio_ie.modules.token_embedders import EmbeddingWithWordDropout

CONFIG = """{
    type: "embedding_with_word_dropout",
    embedding: { embedding_dim: 4, vocab_namespace: "words" },
}"""
TEXTS = [["didanosine", "causes", "fever"], ["fever"], ["didanosine", "causes"]]


@pytest.fixture(scope="module")
def batch_and_vocab():
    indexer = SingleIdTokenIndexer(namespace="words")
    texts = [TextField([Token(word) for word in words], {"tokens": indexer}) for words in TEXTS]
    instances = [Instance({"words": text}) for text in texts]
    vocab = Vocabulary.from_instances(instances, min_count={"words": 2})
    vocab.add_token_to_namespace("rash", "words")  # in no text
    batch = Batch(instances)
    batch.index_instances(vocab)
    return batch.as_tensor_dict()["words"], vocab


@pytest.fixture(scope="module")
def ids(batch_and_vocab):
    return batch_and_vocab[0]["tokens"]["tokens"]


@pytest.fixture(scope="module")
def vocab(batch_and_vocab):
    return batch_and_vocab[1]


def build(vocab: Vocabulary, **overrides: Any) -> EmbeddingWithWordDropout:
    torch.manual_seed(0)
    config = json.loads(_jsonnet.evaluate_snippet("", CONFIG))
    embedder = TokenEmbedder.from_params(Params({**config, **overrides}), vocab=vocab)
    assert isinstance(embedder, EmbeddingWithWordDropout)
    return embedder


def words_seen(embedder: EmbeddingWithWordDropout, ids: torch.Tensor) -> torch.Tensor:
    """The ids whose vectors the embedder gave."""
    rows = embedder.embedding.weight
    return (embedder(ids).unsqueeze(2) == rows).all(dim=3).long().argmax(dim=2)


def test_without_dropout_it_is_the_embedding(vocab, ids) -> None:
    embedder = build(vocab).train()
    assert torch.equal(embedder(ids), embedder.embedding(ids))
    assert embedder.get_output_dim() == 4


def test_share_of_words_becomes_the_unknown_one_and_the_rest_stays(vocab) -> None:
    embedder = build(vocab, word_dropout=0.3).train()
    known = vocab.get_token_index("causes", "words")
    unknown = vocab.get_token_index("never seen", "words")
    ids = torch.full((100, 100), known)
    seen = words_seen(embedder, ids)
    assert set(seen.unique().tolist()) == {known, unknown}
    assert (seen == unknown).double().mean().item() == pytest.approx(0.3, abs=0.02)
    assert (ids == known).all()  # the batch did not change


def test_all_words_are_replaced_at_probability_one_and_padding_never(vocab, ids) -> None:
    seen = words_seen(build(vocab, word_dropout=1.0).train(), ids)
    unknown = vocab.get_token_index("never seen", "words")
    assert torch.equal(seen, torch.where(ids == 0, 0, unknown))


def test_nothing_is_replaced_out_of_training(vocab, ids) -> None:
    embedder = build(vocab, word_dropout=1.0, dropout=0.5).eval()
    assert torch.equal(embedder(ids), embedder.embedding(ids))


def test_torch_seed_decides_what_is_replaced(vocab, ids) -> None:
    embedder = build(vocab, word_dropout=0.5).train()
    ids = ids.repeat(20, 1)
    outputs = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        outputs.append(embedder(ids))
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


def test_word_dropout_alone_trains_the_unknown_word_of_a_full_vocabulary(vocab) -> None:
    unknown = vocab.get_token_index("never seen", "words")
    ids = torch.full((1, 50), vocab.get_token_index("causes", "words"))
    for rate, is_trained in ((0.0, False), (0.5, True)):
        embedder = build(vocab, word_dropout=rate).train()
        embedder(ids).sum().backward()
        assert embedder.embedding.weight.grad[unknown].any().item() is is_trained


def test_elements_of_vectors_are_dropped_in_training(vocab, ids) -> None:
    embedder = build(vocab, dropout=0.5).train()
    plain = embedder.embedding(ids)
    output = embedder(ids)
    dropped = output == 0
    assert dropped.any()
    torch.testing.assert_close(output[~dropped], 2 * plain[~dropped])


def test_vectors_start_from_the_distribution_asked_for() -> None:
    vocab = Vocabulary()
    for number in range(1000):
        vocab.add_token_to_namespace(f"word {number}", "words")
    embedding = {"embedding_dim": 20, "vocab_namespace": "words", "padding_index": 0}
    weight = build(vocab, embedding=dict(embedding), initial_std=2.0).embedding.weight
    assert weight[1:].std().item() == pytest.approx(2.0, rel=0.05)
    assert not weight[0].any()
    assert build(vocab, embedding=embedding).embedding.weight.std().item() < 0.1


def test_vectors_of_a_file_are_kept(vocab, tmp_path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("causes 1 2 3 4\n")
    embedding = {"embedding_dim": 4, "vocab_namespace": "words", "pretrained_file": str(path)}
    causes = torch.tensor([[vocab.get_token_index("causes", "words")]])
    assert build(vocab, embedding=dict(embedding))(causes).flatten().tolist() == [1, 2, 3, 4]
    with pytest.raises(ConfigurationError, match="overwrite"):
        build(vocab, embedding=embedding, initial_std=1.0)


def test_it_embeds_the_words_of_a_text_field(batch_and_vocab) -> None:
    words, vocab = batch_and_vocab
    config = {**json.loads(_jsonnet.evaluate_snippet("", CONFIG)), "word_dropout": 0.2}
    params = Params({"token_embedders": {"tokens": config}})
    embedder = TextFieldEmbedder.from_params(params, vocab=vocab)
    assert embedder(words).shape == (3, 3, 4)


def test_the_embedding_grows_with_the_vocabulary(vocab) -> None:
    embedder = build(vocab, word_dropout=1.0)
    before = embedder.embedding.weight.detach().clone()
    larger = Vocabulary.empty()
    larger.extend_from_vocab(vocab)
    new = larger.add_token_to_namespace("stavudine", "words")
    for module in embedder.modules():
        if hasattr(module, "extend_vocab"):  # as AllenNLP's models do
            module.extend_vocab(larger)
    assert torch.equal(embedder.embedding.weight[:new], before)
    assert embedder.eval()(torch.tensor([[new]])).shape == (1, 1, 4)


@pytest.mark.parametrize(
    "settings, reason",
    [
        ({"word_dropout": 1.2}, "word_dropout 1.2"),
        ({"word_dropout": -0.1}, "word_dropout -0.1"),
        (
            {"embedding": {"embedding_dim": 4, "vocab_namespace": "entity_tags"}},
            "'entity_tags' has no out-of-vocabulary word",
        ),
        ({"embedding": {"embedding_dim": 4, "num_embeddings": 9}}, "num_embeddings"),
    ],
)
def test_unusable_settings_are_refused(vocab, settings, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        build(vocab, **settings)
