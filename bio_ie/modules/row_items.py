"""What a model puts out of which the rows of a batch have more or less."""

from itertools import islice
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import torch

from bio_ie.modules.ragged import row_counts


class RowItems(NamedTuple):
    """Items of a batch, flat."""

    items: torch.Tensor
    """`[n, ...]`."""
    rows: torch.Tensor
    """`[n]`, the row of each, ascending."""


def split_rows(parts: Mapping[str, RowItems], num_rows: int) -> Dict[str, Tuple[torch.Tensor, ...]]:
    """A tensor for each row, without gradient, as AllenNLP takes outputs apart by row. How many
    items rows have is brought to the host, that of all parts at once; no item is."""
    counts = torch.stack([row_counts(rows, num_rows) for _, rows in parts.values()]).tolist()
    return {
        name: items.detach().split(sizes)
        for (name, (items, _)), sizes in zip(parts.items(), counts, strict=True)
    }


def row_lists(rows: Sequence[torch.Tensor]) -> List[List[Any]]:
    """What is in the tensors of rows, brought to the host at once."""
    items = iter(torch.cat(list(rows)).tolist())
    return [list(islice(items, len(row))) for row in rows]
