import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.seq2seq_encoders.masked_convolution import MaskedConvolution
from tests.modules.comparison import assert_same_function

LENGTHS = [6, 1, 3, 0]


def ragged(dim: int):
    tokens = torch.randn(len(LENGTHS), max(LENGTHS), dim, dtype=torch.double, requires_grad=True)
    mask = torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS).unsqueeze(1)
    return tokens, mask


def plain(layer: MaskedConvolution, sequence: torch.Tensor) -> torch.Tensor:
    """The convolution of one sequence, output by output and neighbour by neighbour."""
    weight, bias = layer.convolution.weight, layer.convolution.bias  # [out, in, width]
    (dilation,) = layer.convolution.dilation
    width = weight.size(2)
    outputs = []
    for place in range(len(sequence)):
        output = bias
        for tap in range(width):
            neighbour = place + (tap - width // 2) * dilation
            if 0 <= neighbour < len(sequence):
                output = output + weight[:, :, tap] @ sequence[neighbour]
        outputs.append(output)
    return torch.stack(outputs)


@pytest.mark.parametrize("width, dilation", [(1, 1), (3, 1), (3, 2), (5, 1), (5, 4)])
def test_sequences_end_where_their_mask_does_with_gradients(width: int, dilation: int) -> None:
    torch.manual_seed(0)
    layer = MaskedConvolution(4, 3, width, dilation).double()
    tokens, mask = ragged(4)
    output = layer(tokens, mask)
    assert output.shape == (len(LENGTHS), max(LENGTHS), 3)
    filled = [row for row, length in enumerate(LENGTHS) if length]
    expected = [plain(layer, tokens[row, : LENGTHS[row]]) for row in filled]
    outputs = [output[row, : LENGTHS[row]] for row in filled]
    assert_same_function(outputs, expected, [tokens, *layer.parameters()])


def test_padding_that_is_no_number_stays_away() -> None:
    layer = MaskedConvolution(4, 3, 3).double()
    tokens, mask = ragged(4)
    spoilt = tokens.masked_fill(~mask.unsqueeze(2), float("nan"))
    assert torch.equal(layer(spoilt, mask), layer(tokens, mask))
    layer(spoilt, mask).sum().backward()
    assert tokens.grad.isfinite().all()


def test_identity_leaves_tokens_as_they_are() -> None:
    layer = MaskedConvolution(4, 4, 5, 2).double()
    layer.start_as_identity()
    tokens, mask = ragged(4)
    assert torch.equal(layer(tokens, mask)[mask], tokens[mask])


@pytest.mark.parametrize(
    "settings, reason", [((2, 1), "odd"), ((0, 1), "odd"), ((3, 0), "at least 1")]
)
def test_unusable_settings_are_refused(settings, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        MaskedConvolution(4, 3, *settings)
