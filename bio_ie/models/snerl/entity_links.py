"""Selects the entities, and the mentions of them, that take part in the facts of a batch."""

from typing import NamedTuple, Optional

import torch

from bio_ie.modules.ragged import places_in_row, ranges, row_counts

TIE = 1e-4
"""Logarithms of probabilities that are rounded to the same multiple of this count as equal."""


class EntityLinks(NamedTuple):
    """The links of some of a batch's entities (`L`), entity by entity."""

    entity: torch.Tensor
    """`[L]`, the index among all entities, ascending, and so in the order of rows."""
    row: torch.Tensor
    """`[L]`, the row of the entity."""
    first: torch.Tensor
    """`[L]`, the place in `mention` and `log_p` of its first link, which is the most probable."""
    num_links: torch.Tensor
    """`[L]`, the number of its links, at least one."""
    mention: torch.Tensor
    """`[links]`, the mention of each link."""
    log_p: torch.Tensor
    """`[links]`, `log p(e | m)`."""


def sampled_entities(
    is_gold: torch.Tensor, rows: torch.Tensor, num_negative: int, num_rows: int, by_chance: bool
) -> torch.Tensor:
    """Selects the gold entities and up to `num_negative` other entities of each row, `[E]`, bool.
    The others are random (SNERL, "Technical Details") or, unless `by_chance`, the first.

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
    """The links of the chosen entities to their `k` most probable mentions (SNERL, "Technical
    Details"). Of mentions that tie, the first are kept.

    # Parameters

    links : `torch.Tensor`
        `[P, 2]`: mention and entity.
    log_p : `torch.Tensor`
        `[P]`, `log p(e | m)` of each link.
    rows : `torch.Tensor`
        `[E]`, the row of each entity, ascending.
    chosen : `torch.Tensor`
        `[E]`, bool.
    k : `int`, optional
        By default all mentions are kept.
    """
    mention, entity = links.unbind(1)
    of_chosen = chosen[entity].nonzero().squeeze(1)
    mention, entity, log_p = mention[of_chosen], entity[of_chosen], log_p[of_chosen]
    # Mentions of one name have equal probabilities wherever the same hidden units of the linker are
    # active. Rounding must not decide between them, since it depends on the rest of the batch.
    # Mentions ascend already, and a stable sort keeps the order of ties.
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
    """The place of each item in its row when items are sorted by `key` `[n]`: `[n]`. Ties stay in
    their order. `rows` ascend."""
    order = torch.argsort(key, stable=True)
    order = order[torch.argsort(rows[order], stable=True)]
    place = places_in_row(rows)
    return torch.empty_like(place).scatter(0, order, place)
