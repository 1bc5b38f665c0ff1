"""Convolutions over padded sequences that see zeros beyond both ends of each sequence."""

import torch
from allennlp.common.checks import ConfigurationError


class MaskedConvolution(torch.nn.Module):
    """
    A convolution over tokens with as many outputs as inputs. Tokens beyond the ends of a sequence
    count as zeros, whether they are padding of the batch or do not exist at all. So what comes out
    for a sequence does not depend on the others.

    # Parameters

    input_dim : `int`
    output_dim : `int`
    width : `int`
        The width of the filters, in tokens; odd, so that a filter has a token in its middle.
    dilation : `int`, optional (default = `1`)
        The distance between neighbouring tokens of a filter.
    """

    def __init__(self, input_dim: int, output_dim: int, width: int, dilation: int = 1) -> None:
        super().__init__()
        if width < 1 or width % 2 == 0:
            raise ConfigurationError(f"the width of a convolution must be odd, not {width}")
        if dilation < 1:
            raise ConfigurationError(
                f"the dilation of a convolution must be at least 1, got {dilation}"
            )
        self.convolution = torch.nn.Conv1d(
            input_dim, output_dim, width, padding=dilation * (width // 2), dilation=dilation
        )

    def start_as_identity(self) -> None:
        """Sets the parameters so that each token comes out as it went in."""
        torch.nn.init.dirac_(self.convolution.weight)
        torch.nn.init.zeros_(self.convolution.bias)  # type: ignore[arg-type]

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """
        # Parameters

        tokens : `torch.Tensor`
            `[B, N, input_dim]`; padding may be anything.
        mask : `torch.Tensor`
            `[B, N]`, bool.

        # Returns

        `torch.Tensor`
            `[B, N, output_dim]`; padding gets values too.
        """
        # Filled, not multiplied, since NaN in the padding would survive a product with 0.
        tokens = tokens.masked_fill(~mask.unsqueeze(2), 0.0)
        return self.convolution(tokens.transpose(1, 2)).transpose(1, 2)
