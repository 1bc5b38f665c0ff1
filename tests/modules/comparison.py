"""Compares an implementation numerically with a slow, simple one."""

from typing import List, Sequence

import torch


def assert_same_function(
    outputs: Sequence[torch.Tensor],
    expected: Sequence[torch.Tensor],
    variables: Sequence[torch.Tensor],
    tolerance: float = 1e-8,
) -> None:
    """Checks that the outputs are the same, and so are all gradients of a random function of the
    outputs."""
    for output, other in zip(outputs, expected, strict=True):
        torch.testing.assert_close(output, other, rtol=tolerance, atol=tolerance)
    for gradient, other in zip(
        _gradients(outputs, variables), _gradients(expected, variables), strict=True
    ):
        torch.testing.assert_close(gradient, other, rtol=tolerance, atol=tolerance)


def _gradients(
    outputs: Sequence[torch.Tensor], variables: Sequence[torch.Tensor]
) -> List[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    loss = sum(
        (output * torch.randn(output.shape, generator=generator, dtype=output.dtype)).sum()
        for output in outputs
    )
    gradients = torch.autograd.grad(loss, variables, retain_graph=True, allow_unused=True)
    return [
        torch.zeros_like(variable) if gradient is None else gradient
        for variable, gradient in zip(variables, gradients, strict=True)
    ]
