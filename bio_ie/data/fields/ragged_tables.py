"""Functions that concatenate the tables of the instances of a batch, without padding."""

from typing import Dict, List, Optional, Sequence

import torch


def table(rows: Sequence[Sequence[int]], num_columns: int) -> torch.Tensor:
    """A tensor `[len(rows), num_columns]`, which also has this shape if there are no rows."""
    return torch.tensor(rows, dtype=torch.long).view(-1, num_columns)


def before(counts: Sequence[int]) -> torch.Tensor:
    """`[B]`: for each instance, the number of items of all instances before it."""
    return torch.tensor([0, *counts[:-1]]).cumsum(0)


def row_numbers(counts: Sequence[int]) -> torch.Tensor:
    """`[sum of counts]`: the index of the instance of each item."""
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))


def joined(
    tensor_list: List[Dict[str, torch.Tensor]], name: str, offsets: List[Optional[torch.Tensor]]
) -> torch.Tensor:
    """Concatenates the table `name` of all instances.

    `offsets` has one entry per column. If it is a tensor `[B]`, the offset of each instance is
    added to the column, so that indices into the instance become indices into the batch. `None`
    leaves the column as it is.
    """
    tables = [tensors[name] for tensors in tensor_list]
    row = row_numbers([len(part) for part in tables])
    zeros = torch.zeros(len(tables), dtype=torch.long)
    added = torch.stack([zeros if first is None else first for first in offsets], dim=1)
    return torch.cat(tables) + added[row]
