"""Half precision is for matrix products: what is summed or exponentiated has more."""

import torch


def at_least_single(values: torch.Tensor) -> torch.Tensor:
    """In single precision if they are in half precision, else as they are."""
    return values.to(torch.promote_types(values.dtype, torch.float))
