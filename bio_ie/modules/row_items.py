"""Model outputs whose number differs from row to row of a batch."""

from itertools import islice
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import torch

from bio_ie.modules.ragged import row_counts


class RowItems(NamedTuple):
    """The items of all rows of a batch, in one tensor."""

    items: torch.Tensor
    """`[n, ...]`."""
    rows: torch.Tensor
    """`[n]`, the row of each item, ascending."""


def split_rows(parts: Mapping[str, RowItems], num_rows: int) -> Dict[str, Tuple[torch.Tensor, ...]]:
    """Splits each part into one tensor per row, without gradient, because AllenNLP splits a model's
    outputs by row. Only the numbers of items per row are copied to the host, those of all parts at
    once; the items are not."""
    counts = torch.stack([row_counts(rows, num_rows) for _, rows in parts.values()]).tolist()
    return {
        name: items.detach().split(sizes)
        for (name, (items, _)), sizes in zip(parts.items(), counts, strict=True)
    }


def row_lists(rows: Sequence[torch.Tensor]) -> List[List[Any]]:
    """The contents of the tensors of rows as lists, copied to the host at once."""
    items = iter(torch.cat(list(rows)).tolist())
    return [list(islice(items, len(row))) for row in rows]
