"""Which entities and which of their mentions take part in the facts of a batch."""

from typing import NamedTuple, Optional

import torch

from bio_ie.modules.ragged import places_in_row, ranges, row_counts

TIE = 1e-4
"""Logarithms of probabilities are told apart by so much."""


class EntityLinks(NamedTuple):
    """Links of some of a batch's entities (`L`), entity by entity."""

    entity: torch.Tensor
    """`[L]`, which of all entities, ascending; so by row."""
    row: torch.Tensor
    """`[L]`"""
    first: torch.Tensor
    """`[L]`, the place of its first link in `mention` and `log_p`, the most probable one."""
    num_links: torch.Tensor
    """`[L]`, how many links it has, one at least."""
    mention: torch.Tensor
    """`[links]`"""
    log_p: torch.Tensor
    """`[links]`, `log p(e | m)`."""


def sampled_entities(
    is_gold: torch.Tensor, rows: torch.Tensor, num_negative: int, num_rows: int, by_chance: bool
) -> torch.Tensor:
    """`[E]`, bool: the gold entities, and of each row up to `num_negative` others, by chance
    (SNERL, "Technical Details") or the first.

    # Parameters

    is_gold : `torch.Tensor`
        `[E]`, bool.
    rows : `torch.Tensor`
        `[E]`, ascending.
    num_negative, num_rows : `int`
    by_chance : `bool`
    """
    key = (~is_gold).float()  # gold before all others
    if by_chance:
        key = key + torch.rand(len(rows), device=rows.device) * key
    place = places_within(rows, key)
    num_gold = row_counts(rows[is_gold], num_rows)
    return place < num_gold[rows] + num_negative


def entity_links(
    links: torch.Tensor,
    log_p: torch.Tensor,
    rows: torch.Tensor,
    chosen: torch.Tensor,
    k: Optional[int] = None,
) -> EntityLinks:
    """The links of the chosen entities, with their `k` most probable mentions (SNERL, "Technical
    Details"); the first mentions of those that tie.

    # Parameters

    links : `torch.Tensor`
        `[P, 2]`: mention and entity.
    log_p : `torch.Tensor`
        `[P]`
    rows : `torch.Tensor`
        `[E]`, the row of each entity, ascending.
    chosen : `torch.Tensor`
        `[E]`, bool.
    k : `int`, optional
        All, if not given.
    """
    mention, entity = links.unbind(1)
    of_chosen = chosen[entity].nonzero().squeeze(1)
    mention, entity, log_p = mention[of_chosen], entity[of_chosen], log_p[of_chosen]
    # Mentions of one name have equal probabilities wherever the linker's hidden units are the same
    # ones: rounding must not decide between them, or the batch would. Mentions ascend already, and
    # a stable sort leaves ties in their order.
    order = torch.argsort((log_p.detach() / TIE).round(), descending=True, stable=True)
    order = order[torch.argsort(entity[order], stable=True)]
    kept_entity, count = torch.unique_consecutive(entity[order], return_counts=True)
    if k is not None:
        _, place = ranges(count)
        order = order[(place < k).nonzero().squeeze(1)]
        count = count.clamp(max=k)
    first = count.cumsum(0) - count
    return EntityLinks(kept_entity, rows[kept_entity], first, count, mention[order], log_p[order])


def places_within(rows: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    """`[n]`, how many items of its row come before each item by `key` `[n]`; of those that tie the
    first is first. `rows` ascend."""
    order = torch.argsort(key, stable=True)
    order = order[torch.argsort(rows[order], stable=True)]
    place = places_in_row(rows)
    return torch.empty_like(place).scatter(0, order, place)
