"""Reduces the vectors of wordpieces to one vector a word."""

import torch
from torch import Tensor

from bio_ie.modules.segments import segment_max, segment_mean

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
    reduce = segment_max if mode == "max" else segment_mean
    return reduce(vectors, slots, num_slots)


def _one_of_each(vectors: Tensor, slots: Tensor, num_slots: int, reduce: str) -> Tensor:
    positions = torch.arange(len(slots), device=slots.device)
    none = len(slots)
    chosen = torch.full((num_slots,), none, device=slots.device).scatter_reduce(
        0, slots, positions, reduce, include_self=False
    )
    selected = vectors.index_select(0, chosen.clamp(max=none - 1))
    return selected.masked_fill((chosen == none)[:, None], 0.0)
