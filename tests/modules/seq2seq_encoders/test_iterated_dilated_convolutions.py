import json
from typing import Any, List

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2SeqEncoder

from bio_ie.modules.seq2seq_encoders import IteratedDilatedConvolutions
from tests.modules.comparison import assert_same_function

CONFIG = """{
    type: "iterated_dilated_convolutions",
    input_dim: 5,
    hidden_dim: 4,
    iterations: 2,
    dilations: [1, 2],
}"""
WIDER = {"width": 5}
LENGTHS = [9, 1, 4, 0, 6]


def build(**overrides: Any) -> IteratedDilatedConvolutions:
    """An encoder with random parameters in the places where it starts from the identity."""
    torch.manual_seed(0)
    config = json.loads(_jsonnet.evaluate_snippet("", CONFIG))
    encoder = Seq2SeqEncoder.from_params(Params({**config, **overrides}))
    assert isinstance(encoder, IteratedDilatedConvolutions)
    for parameter in encoder.block.parameters():
        torch.nn.init.uniform_(parameter, -0.4, 0.6)
    return encoder


def ragged(lengths: List[int] = LENGTHS):
    torch.manual_seed(1)
    tokens = torch.randn(len(lengths), max(lengths), 5, dtype=torch.double, requires_grad=True)
    mask = torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)
    return tokens, mask


def naive_layer(layer, dilation: int, text: List[torch.Tensor]) -> List[torch.Tensor]:
    weight, bias = layer.convolution.weight, layer.convolution.bias  # [out, in, width]
    reach = weight.size(2) // 2
    return [
        torch.relu(
            bias
            + sum(
                weight[:, :, step + reach] @ text[place + dilation * step]
                for step in range(-reach, reach + 1)
                if 0 <= place + dilation * step < len(text)
            )
        )
        for place in range(len(text))
    ]


def naive(encoder, dilations: List[int], words: torch.Tensor) -> torch.Tensor:
    """Encodes one text, without padding."""
    text = naive_layer(encoder.input_convolution, 1, list(words))
    for _ in range(encoder.iterations):
        for layer, dilation in zip(encoder.block, [*dilations, 1], strict=True):
            text = naive_layer(layer, dilation, text)
    return torch.stack(text)


@pytest.mark.parametrize(
    "settings",
    [{}, {"iterations": 1}, {"dilations": [1, 2, 4], "iterations": 3}, {"dilations": []}, WIDER],
)
def test_batch_is_text_by_text_word_by_word_with_gradients(settings) -> None:
    encoder = build(**settings).double()
    tokens, mask = ragged()
    output = encoder(tokens, mask)
    filled = [row for row, length in enumerate(LENGTHS) if length]
    dilations = settings.get("dilations", [1, 2])
    assert_same_function(
        [output[row, : LENGTHS[row]] for row in filled],
        [naive(encoder, dilations, tokens[row, : LENGTHS[row]]) for row in filled],
        [tokens, *encoder.parameters()],
    )


def test_iterations_share_their_parameters() -> None:
    sizes = [sum(p.numel() for p in build(iterations=n).parameters()) for n in (1, 4)]
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("iterations, dilations", [(1, [1, 2, 4]), (3, [1, 2])])
def test_word_hears_of_as_many_neighbours_as_documented(iterations, dilations) -> None:
    encoder = build(iterations=iterations, dilations=dilations).double()
    for parameter in encoder.parameters():
        torch.nn.init.constant_(parameter, 0.1)  # so large that no ReLU sets a value to 0
    reach = 1 + iterations * (sum(dilations) + 1)
    tokens, mask = ragged([2 * reach + 5])
    middle = reach + 2
    encoder(tokens.abs(), mask)[0, middle].sum().backward()
    heard = tokens.grad[0].abs().sum(1).nonzero().flatten().tolist()
    assert heard == list(range(middle - reach, middle + reach + 1))


def test_text_does_not_depend_on_the_others_or_on_padding() -> None:
    encoder = build().double()
    tokens, mask = ragged()
    whole = encoder(tokens, mask)
    assert not whole[~mask].any()
    for row, length in enumerate(LENGTHS):
        if length:
            alone = encoder(tokens[row : row + 1, :length], mask[row : row + 1, :length])
            torch.testing.assert_close(whole[row, :length], alone[0])
    spoilt = tokens.masked_fill(~mask.unsqueeze(2), float("nan"))
    assert torch.equal(encoder(spoilt, mask), whole)


def test_untrained_block_passes_on_what_the_first_convolution_says() -> None:
    config = json.loads(_jsonnet.evaluate_snippet("", CONFIG))
    encoder = Seq2SeqEncoder.from_params(Params(config)).double()
    tokens, mask = ragged()
    first = torch.relu(encoder.input_convolution(tokens, mask))
    assert torch.equal(encoder(tokens, mask)[mask], first[mask])


def test_dropout_acts_in_training_only() -> None:
    encoder = build(dropout=0.5).double()
    tokens, mask = ragged()
    assert not torch.equal(encoder(tokens, mask), encoder(tokens, mask))
    encoder.eval()
    assert torch.equal(encoder(tokens, mask), build().double()(tokens, mask))


def test_half_precision_is_close_to_single() -> None:
    encoder = build()
    tokens, mask = ragged()
    tokens = tokens.detach().float()
    expected = encoder(tokens, mask)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = encoder(tokens, mask)
    torch.testing.assert_close(output.float(), expected, rtol=0.1, atol=0.1)
    output.float().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in encoder.parameters())


def test_sizes_are_reported() -> None:
    encoder = build()
    assert (encoder.get_input_dim(), encoder.get_output_dim()) == (5, 4)
    assert not encoder.is_bidirectional()


@pytest.mark.parametrize(
    "settings, reason",
    [
        ({"iterations": 0}, "at least 1, got 0"),
        ({"width": 4}, "must be odd"),
        ({"dilations": [1, 0]}, "dilation"),
    ],
)
def test_unusable_settings_are_refused(settings, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        build(**settings)
