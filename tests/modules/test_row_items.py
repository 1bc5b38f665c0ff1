import torch
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.modules.row_items import RowItems, row_lists, split_rows

SIZES = st.lists(st.integers(0, 3), min_size=4, max_size=4)


@given(SIZES, SIZES, st.sampled_from([(), (2,), (2, 3)]))
def test_parts_are_split_each_in_its_own_rows(sizes: list, others: list, shape: tuple) -> None:
    expected = {
        name: [torch.randn(count, *shape) for count in counts]
        for name, counts in (("one", sizes), ("other", others))
    }
    parts = {
        name: RowItems(
            torch.cat(tensors),
            torch.tensor([row for row, t in enumerate(tensors) for _ in t], dtype=torch.long),
        )
        for name, tensors in expected.items()
    }
    found = split_rows(parts, num_rows=4)
    assert found.keys() == expected.keys()
    for name, tensors in expected.items():
        assert all(map(torch.equal, found[name], tensors))
        assert row_lists(found[name]) == [tensor.tolist() for tensor in tensors]


def test_rows_have_no_gradient() -> None:
    items = RowItems(torch.ones(3, requires_grad=True), torch.tensor([0, 1, 1]))
    (rows,) = split_rows({"items": items}, num_rows=2).values()
    assert not any(row.requires_grad for row in rows)


def test_rows_without_any_item_are_empty() -> None:
    nothing = torch.zeros(0, dtype=torch.long)
    (rows,) = split_rows({"nothing": RowItems(nothing, nothing)}, num_rows=2).values()
    assert row_lists(rows) == [[], []]
