"""Reduces the vectors of wordpieces to one vector a word."""

import torch
from torch import Tensor

SUB_TOKEN_MODES = ("first", "last", "mean", "max")


def pool_sub_tokens(vectors: Tensor, slots: Tensor, num_slots: int, mode: str) -> Tensor:
    """The vectors of words, `[num_slots, H]`; a slot without pieces is zero.

    # Parameters

    vectors : `Tensor`
        `[pieces, H]`.
    slots : `Tensor`
        `[pieces]`, the slot that each piece counts for.
    num_slots : `int`
    mode : `str`
        One of `SUB_TOKEN_MODES`.
    """
    if mode in ("first", "last"):
        return _one_of_each(vectors, slots, num_slots, "amin" if mode == "first" else "amax")
    index = slots[:, None].expand_as(vectors)
    zeros = vectors.new_zeros(num_slots, vectors.size(1))
    if mode == "max":
        return zeros.scatter_reduce(0, index, vectors, "amax", include_self=False)
    # `scatter_reduce` can compute the mean too, but its gradient takes 70 times as long.
    counts = vectors.new_zeros(num_slots).scatter_add(0, slots, torch.ones_like(vectors[:, 0]))
    return zeros.scatter_add(0, index, vectors) / counts.clamp(min=1.0)[:, None]


def _one_of_each(vectors: Tensor, slots: Tensor, num_slots: int, reduce: str) -> Tensor:
    positions = torch.arange(len(slots), device=slots.device)
    none = len(slots)
    chosen = torch.full((num_slots,), none, device=slots.device).scatter_reduce(
        0, slots, positions, reduce, include_self=False
    )
    selected = vectors.index_select(0, chosen.clamp(max=none - 1))
    return selected.masked_fill((chosen == none)[:, None], 0.0)
