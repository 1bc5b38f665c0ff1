"""Half precision for matrix products only: sums and exponentials need higher precision."""

import contextlib
from typing import ContextManager

import torch
from torch.nn import functional


def at_least_single(values: torch.Tensor) -> torch.Tensor:
    """Converts values from half to single precision; other values stay as they are."""
    return values.to(torch.promote_types(values.dtype, torch.float))


def bfloat16_products(wanted: bool, device: torch.device) -> ContextManager[object]:
    """Autocasts to bfloat16 if `wanted`; otherwise the surrounding precision stays as it is."""
    if not wanted:
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)


class WideProducts:
    """A mixin for modules that have a few products with most of the arithmetic of a model.

    In prediction with an encoder in bfloat16, they run in bfloat16 too (`cast_products_once`),
    which takes half of the time. Their factors are rounded, and their results; all else stays in
    the precision that it has.
    """

    in_bfloat16 = False

    def wide_product(self, vectors: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        """`vectors` `[..., d]` times the transposed `weight` `[e, d]`: `[..., e]`."""
        if not self.in_bfloat16:
            return functional.linear(vectors, weight)
        half = torch.bfloat16
        return functional.linear(vectors.to(half), weight.to(half)).to(vectors.dtype)
