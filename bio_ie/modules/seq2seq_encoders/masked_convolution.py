"""Convolutions over padded sequences that see zeros where the sequences end, as at their starts."""

import torch
from allennlp.common.checks import ConfigurationError


class MaskedConvolution(torch.nn.Module):
    """
    A convolution over tokens with as many outputs as inputs. Tokens beyond the ends of a sequence
    count as zeros, be they padding of the batch or not there at all: what comes out for a sequence
    does not depend on the others.

    # Parameters

    input_dim : `int`
    output_dim : `int`
    width : `int`
        Of the filters, in tokens; odd, so that an output has a token in the middle.
    dilation : `int`, optional (default = `1`)
        The distance of a filter's neighbouring tokens.
    """

    def __init__(self, input_dim: int, output_dim: int, width: int, dilation: int = 1) -> None:
        super().__init__()
        if width < 1 or width % 2 == 0:
            raise ConfigurationError(f"the width of a convolution must be odd, not {width}")
        if dilation < 1:
            raise ConfigurationError(
                f"the dilation of a convolution must be 1 at least: {dilation}"
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
            `[B, N, output_dim]`, where padding has values too.
        """
        # Filled, not multiplied: padding that is not a number stays away from the rest.
        tokens = tokens.masked_fill(~mask.unsqueeze(2), 0.0)
        return self.convolution(tokens.transpose(1, 2)).transpose(1, 2)
