"""Half precision is for matrix products: what is summed or exponentiated has more."""

import contextlib
from typing import ContextManager

import torch


def at_least_single(values: torch.Tensor) -> torch.Tensor:
    """In single precision if they are in half precision, else as they are."""
    return values.to(torch.promote_types(values.dtype, torch.float))


def bfloat16_products(wanted: bool, device: torch.device) -> ContextManager[object]:
    """Autocast to bfloat16; if it is not wanted, whatever there is around."""
    if not wanted:
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)
