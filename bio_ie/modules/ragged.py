"""Index arithmetic for flat items that belong to rows of different sizes, without a Python loop.

`torch.repeat_interleave` on a tensor of counts needs one host-device copy for the size of its
result, and so does `padded_rows`; nothing else here needs one."""

from typing import Tuple

import torch


def ranges(counts: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    """For counts `[n]`, gives the owner of each of `sum(counts)` items, and the item's place within
    its owner.

    `[2, 0, 3]` gives `[0, 0, 2, 2, 2]` and `[0, 1, 0, 1, 2]`.
    """
    owner = torch.repeat_interleave(torch.arange(len(counts), device=counts.device), counts)
    first = counts.cumsum(0) - counts
    place = torch.arange(len(owner), device=counts.device) - first[owner]
    return owner, place


def row_counts(rows: torch.Tensor, num_rows: int) -> torch.Tensor:
    """The number of items in each row, `[num_rows]`; `rows` `[n]` is the row of each item."""
    return rows.new_zeros(num_rows).scatter_add(0, rows, torch.ones_like(rows))


def places_in_row(rows: torch.Tensor) -> torch.Tensor:
    """The place of each item within its row; `rows` `[n]`, ascending, is the row of each item.

    `[0, 0, 2, 2, 2]` gives `[0, 1, 0, 1, 2]`.
    """
    rows = rows.contiguous()  # a column of a tensor may not be, and `searchsorted` would warn
    return torch.arange(len(rows), device=rows.device) - torch.searchsorted(rows, rows)


def padded_rows(
    items: torch.Tensor, rows: torch.Tensor, num_rows: int
) -> Tuple[torch.Tensor, torch.Tensor]:
    """The items of each row side by side, with zeros behind them.

    # Parameters

    items : `torch.Tensor`
        `[n, d]`.
    rows : `torch.Tensor`
        `[n]`, the row of each item, ascending.
    num_rows : `int`

    # Returns

    `Tuple[torch.Tensor, torch.Tensor]`
        The items, `[num_rows, M, d]` where no row has more than `M`, and the mask of the places
        that hold one, `[num_rows, M]`.
    """
    most = int(row_counts(rows, num_rows).max()) if num_rows else 0
    padded = items.new_zeros(num_rows, most, items.size(1))
    mask = torch.zeros(num_rows, most, dtype=torch.bool, device=items.device)
    places = rows, places_in_row(rows)
    return padded.index_put(places, items), mask.index_put(places, mask.new_ones(len(rows)))


def ordered_pairs(rows: torch.Tensor, num_rows: int) -> Tuple[torch.Tensor, torch.Tensor]:
    """All ordered pairs of two different items of the same row.

    # Parameters

    rows : `torch.Tensor`
        `[n]`, the row of each item, ascending.
    num_rows : `int`

    # Returns

    `Tuple[torch.Tensor, torch.Tensor]`
        Indices of the first and the second items, `[P]` each, in lexicographic order.
    """
    counts = row_counts(rows, num_rows)
    first_of_row = counts.cumsum(0) - counts
    # Each item is paired with the other items of its row, one fewer than the row has.
    first, place = ranges(counts[rows] - 1)
    second = first_of_row[rows[first]] + place
    second = second + (second >= first).long()  # steps over the item itself
    return first, second


def reversed_pairs(first: torch.Tensor, second: torch.Tensor, num_items: int) -> torch.Tensor:
    """The place of each pair's reverse, for pairs in lexicographic order that include all
    reverses."""
    return torch.searchsorted(first * num_items + second, second * num_items + first)


def unordered_pairs(
    first: torch.Tensor, second: torch.Tensor, num_items: int
) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The different pairs where the order of a pair does not count.

    # Parameters

    first, second : `torch.Tensor`
        `[P]`, the items of each pair, in any order.
    num_items : `int`

    # Returns

    `Tuple[torch.Tensor, torch.Tensor, torch.Tensor]`
        The items of each different pair, the lower one and the higher one, and which of these each
        of the `P` pairs is.
    """
    numbers = torch.minimum(first, second) * num_items + torch.maximum(first, second)
    different, place = torch.unique(numbers, return_inverse=True)
    low = torch.div(different, num_items, rounding_mode="floor")
    return low, different - low * num_items, place


def span_pair_items(
    first_start: torch.Tensor,
    first_width: torch.Tensor,
    second_start: torch.Tensor,
    second_width: torch.Tensor,
) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """All pairs of a position in a first span and a position in a second, for `P` pairs of spans.

    # Parameters

    first_start, first_width, second_start, second_width : `torch.Tensor`
        `[P]`, positions and widths (at least 1).

    # Returns

    `Tuple[torch.Tensor, torch.Tensor, torch.Tensor]`
        Positions in the first and second spans and the pair they belong to, `[items]` each.
    """
    pair, place = ranges(first_width * second_width)
    first = first_start[pair] + torch.div(place, second_width[pair], rounding_mode="floor")
    second = second_start[pair] + place % second_width[pair]
    return first, second, pair
