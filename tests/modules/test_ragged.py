from typing import List

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch_geometric.utils import to_dense_batch

from bio_ie.modules.ragged import (
    ordered_pairs,
    padded_rows,
    places_in_row,
    ranges,
    reversed_pairs,
    row_counts,
    span_pair_items,
    unordered_pairs,
)


@given(st.lists(st.integers(0, 5), max_size=8))
def test_ranges_number_the_items_of_each_owner(counts):
    owner, place = ranges(torch.tensor(counts, dtype=torch.long))
    expected = [(i, j) for i, count in enumerate(counts) for j in range(count)]
    assert list(zip(owner.tolist(), place.tolist(), strict=True)) == expected


@given(st.lists(st.integers(0, 4), max_size=6))
def test_rows_are_counted_and_places_in_them_start_anew_with_each(sizes):
    rows = [row for row, size in enumerate(sizes) for _ in range(size)]
    column = torch.tensor([rows, rows], dtype=torch.long).t()[:, 0]
    assert row_counts(column, len(sizes)).tolist() == sizes
    assert places_in_row(column).tolist() == [i for size in sizes for i in range(size)]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_ordered_pairs_are_all_pairs_of_different_items_of_a_row(sizes):
    rows = [row for row, size in enumerate(sizes) for _ in range(size)]
    first, second = ordered_pairs(torch.tensor(rows, dtype=torch.long), len(sizes))
    expected = [
        (i, j) for i in range(len(rows)) for j in range(len(rows)) if i != j and rows[i] == rows[j]
    ]
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == expected


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_reversed_pairs_find_the_pair_the_other_way_round(sizes):
    rows = torch.tensor([row for row, size in enumerate(sizes) for _ in range(size)]).long()
    first, second = ordered_pairs(rows, len(sizes))
    reverse = reversed_pairs(first, second, len(rows))
    assert torch.equal(first[reverse], second)
    assert torch.equal(second[reverse], first)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(1, 3), st.integers(0, 9), st.integers(1, 3)),
        max_size=5,
    )
)
def test_span_pair_items_are_the_product_of_two_spans(spans):
    columns = torch.tensor(spans, dtype=torch.long).view(-1, 4).unbind(1)
    first, second, pair = span_pair_items(*columns)
    expected = [
        (i, j, number)
        for number, (start, width, other, other_width) in enumerate(spans)
        for i in range(start, start + width)
        for j in range(other, other + other_width)
    ]
    assert list(zip(first.tolist(), second.tolist(), pair.tolist(), strict=True)) == expected


@pytest.mark.parametrize("sizes", [[2, 0, 3], [0, 0], [1], []])
def test_padded_rows_are_those_of_torch_geometric(sizes: List[int]) -> None:
    rows = torch.tensor([row for row, size in enumerate(sizes) for _ in range(size)]).long()
    items = torch.randn(len(rows), 4)
    padded, mask = padded_rows(items, rows, len(sizes))
    assert padded.shape == (len(sizes), max(sizes, default=0), 4)
    assert torch.equal(padded[mask], items)
    if len(rows):
        theirs, their_mask = to_dense_batch(items, rows, batch_size=len(sizes))
        assert torch.equal(padded, theirs)
        assert torch.equal(mask, their_mask)


def test_unordered_pairs_are_each_pair_once() -> None:
    first, second = torch.randint(5, (2, 40))
    low, high, place = unordered_pairs(first, second, 5)
    pairs = [tuple(sorted(pair)) for pair in torch.stack([first, second], 1).tolist()]
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == sorted(set(pairs))
    assert list(zip(low[place].tolist(), high[place].tolist(), strict=True)) == pairs
