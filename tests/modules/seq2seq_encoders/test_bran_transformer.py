import json
import math
from typing import Any, List

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2SeqEncoder

from bio_ie.modules.seq2seq_encoders import BranTransformer
from tests.modules.comparison import assert_same_function

CONFIG = """{
    type: "bran_transformer",
    input_dim: 6,
    num_blocks: 2,
    num_heads: 3,
}"""
LENGTHS = [9, 1, 4, 0, 6]


def build(**overrides: Any) -> BranTransformer:
    torch.manual_seed(0)
    config = json.loads(_jsonnet.evaluate_snippet("", CONFIG))
    encoder = Seq2SeqEncoder.from_params(Params({**config, **overrides}))
    assert isinstance(encoder, BranTransformer)
    return encoder


def ragged(lengths: List[int] = LENGTHS, dim: int = 6):
    torch.manual_seed(1)
    tokens = torch.randn(len(lengths), max(lengths), dim, dtype=torch.double, requires_grad=True)
    mask = torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)
    return tokens, mask


def naive_attention(block, text: List[torch.Tensor]) -> List[torch.Tensor]:
    """The attention output of each word: the outputs of its heads over all words, joined."""
    dim, size = len(text[0]), len(text[0]) // block.num_heads
    outputs = []
    for word in text:
        heads = []
        for head in range(block.num_heads):
            own = slice(head * size, (head + 1) * size)
            query, key, value = (
                part[own] for part in block.query_key_value.weight.split(dim, dim=0)
            )
            scores = [(query @ word) @ (key @ other) / math.sqrt(size) for other in text]
            total = sum(score.exp() for score in scores)
            heads.append(
                sum(
                    score.exp() / total * (value @ other)
                    for score, other in zip(scores, text, strict=True)
                )
            )
        outputs.append(torch.cat(heads))
    return outputs


def naive_norm(norm, word: torch.Tensor) -> torch.Tensor:
    variance = ((word - word.mean()) ** 2).mean()
    return (word - word.mean()) / (variance + norm.eps).sqrt() * norm.weight + norm.bias


def naive_convolution(layer, text: List[torch.Tensor]) -> List[torch.Tensor]:
    weight, bias = layer.convolution.weight, layer.convolution.bias  # [out, in, width]
    reach = weight.size(2) // 2
    return [
        bias
        + sum(
            weight[:, :, step + reach] @ text[place + step]
            for step in range(-reach, reach + 1)
            if 0 <= place + step < len(text)
        )
        for place in range(len(text))
    ]


def naive(encoder: BranTransformer, words: torch.Tensor) -> torch.Tensor:
    """Encodes one text, without padding."""
    text = list(words if encoder.projection is None else map(encoder.projection, words))
    vectors = encoder.positions.weight
    text = [word + vectors[min(place, len(vectors) - 1)] for place, word in enumerate(text)]
    for block in encoder.blocks:
        inner = [naive_norm(block.layer_norm, word) for word in naive_attention(block, text)]
        first, middle, last = block.convolutions
        inner = [torch.relu(word) for word in naive_convolution(first, inner)]
        inner = [torch.relu(word) for word in naive_convolution(middle, inner)]
        inner = naive_convolution(last, inner)
        text = [word + change for word, change in zip(text, inner, strict=True)]
    return torch.stack(text)


@pytest.mark.parametrize(
    "settings",
    [{}, {"num_heads": 1}, {"num_heads": 6, "num_blocks": 1}, {"hidden_dim": 9}, {"max_length": 4}],
)
def test_batch_is_text_by_text_word_by_word_with_gradients(settings) -> None:
    encoder = build(**settings).double()
    tokens, mask = ragged()
    output = encoder(tokens, mask)
    filled = [row for row, length in enumerate(LENGTHS) if length]
    assert_same_function(
        [output[row, : LENGTHS[row]] for row in filled],
        [naive(encoder, tokens[row, : LENGTHS[row]]) for row in filled],
        [tokens, *encoder.parameters()],
    )


def test_sizes_of_convolutions_are_those_of_the_paper() -> None:
    (block,) = build(num_blocks=1).blocks
    layers = [layer.convolution for layer in block.convolutions]
    assert [layer.kernel_size for layer in layers] == [(1,), (5,), (1,)]
    assert [layer.out_channels for layer in layers] == [24, 24, 6]


def test_text_does_not_depend_on_the_others_or_on_padding() -> None:
    encoder = build(num_blocks=3).double()
    tokens, mask = ragged()
    whole = encoder(tokens, mask)
    for row, length in enumerate(LENGTHS):
        if length:
            alone = encoder(tokens[row : row + 1, :length], mask[row : row + 1, :length])
            torch.testing.assert_close(whole[row, :length], alone[0])
    spoilt = tokens.masked_fill(~mask.unsqueeze(2), float("nan"))
    assert torch.equal(encoder(spoilt, mask), whole)
    encoder(spoilt, mask).sum().backward()
    for variable in (tokens, *encoder.parameters()):
        assert variable.grad.isfinite().all()


def test_padding_is_zero_and_rows_of_padding_are_numbers() -> None:
    encoder = build()
    mask = torch.tensor([[True, True, False], [False, False, False]])
    output = encoder(torch.randn(2, 3, 6), mask)
    assert output.isfinite().all()
    assert not output[~mask].any()
    output.sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in encoder.parameters())


def test_no_text_gives_no_output_and_gradients_of_zero() -> None:
    encoder = build()
    output = encoder(torch.randn(0, 3, 6), torch.ones(0, 3, dtype=torch.bool))
    assert output.shape == (0, 3, 6)
    output.sum().backward()
    assert not any(parameter.grad.any() for parameter in encoder.parameters())


def test_words_beyond_the_last_position_share_its_vector_and_none_is_cut() -> None:
    encoder = build(max_length=3).double()
    tokens, mask = ragged([7])
    output = encoder(tokens, mask)
    assert output.shape == (1, 7, 6)
    # The last word still has an effect: it changes the vector of the first.
    output[0, 0].sum().backward()
    assert tokens.grad[0, 6].any()


def test_order_of_words_counts() -> None:
    encoder = build().double()
    tokens, mask = ragged([5])
    reversed_output = encoder(tokens.flip(1), mask).flip(1)
    assert not torch.allclose(encoder(tokens, mask), reversed_output)


def test_another_size_goes_through_a_linear_layer_and_the_same_one_does_not() -> None:
    wider = build(hidden_dim=12)
    assert (wider.get_input_dim(), wider.get_output_dim()) == (6, 12)
    assert wider.projection is not None
    assert wider(torch.randn(1, 2, 6), torch.ones(1, 2, dtype=torch.bool)).shape == (1, 2, 12)
    for same in (build(), build(hidden_dim=6)):
        assert (same.get_output_dim(), same.projection) == (6, None)
        assert not same.is_bidirectional()


def test_attention_dropout_acts_in_training_only() -> None:
    encoder = build(attention_dropout=0.5).double()
    tokens, mask = ragged()
    assert not torch.equal(encoder(tokens, mask), encoder(tokens, mask))
    encoder.eval()
    without = build().double()
    assert torch.equal(encoder(tokens, mask), without.eval()(tokens, mask))


def test_without_dropout_training_is_prediction() -> None:
    encoder = build().double()
    tokens, mask = ragged()
    in_training = encoder.train()(tokens, mask)
    torch.testing.assert_close(in_training, encoder.eval()(tokens, mask))


@pytest.mark.parametrize("precision", [torch.bfloat16, torch.half])
def test_half_precision_is_close_to_single(precision: torch.dtype) -> None:
    encoder = build(hidden_dim=12)
    tokens, mask = ragged()
    tokens = tokens.detach().float()
    expected = encoder(tokens, mask)
    with torch.autocast("cpu", dtype=precision):
        output = encoder(tokens, mask)
    torch.testing.assert_close(output.float(), expected, rtol=0.1, atol=0.1)
    output.float().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in encoder.parameters())


@pytest.mark.parametrize(
    "settings, reason",
    [
        ({"num_heads": 4}, "num_heads 4 must be a divisor of the size 6"),
        ({"num_heads": 0}, "num_heads 0"),
        ({"hidden_dim": 8}, "divisor of the size 8"),
        ({"num_blocks": 0}, "num_blocks .* at least 1, got 0"),
        ({"max_length": 0}, "max_length .* at least 1, got 0"),
        ({"attention_dropout": 1.0}, "attention_dropout 1.0"),
        ({"attention_dropout": -0.1}, "attention_dropout -0.1"),
    ],
)
def test_unusable_settings_are_refused(settings, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        build(**settings)
