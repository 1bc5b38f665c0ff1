"""Half precision for matrix products only: sums and exponentials need higher precision."""

import contextlib
from typing import ContextManager

import torch


def at_least_single(values: torch.Tensor) -> torch.Tensor:
    """Converts values from half to single precision; other values stay as they are."""
    return values.to(torch.promote_types(values.dtype, torch.float))


def bfloat16_products(wanted: bool, device: torch.device) -> ContextManager[object]:
    """Autocasts to bfloat16 if `wanted`; otherwise the surrounding precision stays as it is."""
    if not wanted:
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)
