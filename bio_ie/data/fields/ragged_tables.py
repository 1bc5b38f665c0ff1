"""Tables of the instances of a batch, laid one behind the other."""

from typing import Dict, List, Optional, Sequence

import torch


def table(rows: Sequence[Sequence[int]], num_columns: int) -> torch.Tensor:
    """`[rows, num_columns]`, of no rows too."""
    return torch.tensor(rows, dtype=torch.long).view(-1, num_columns)


def before(counts: Sequence[int]) -> torch.Tensor:
    """`[B]`, how many items the instances before each one have."""
    return torch.tensor([0, *counts[:-1]]).cumsum(0)


def row_numbers(counts: Sequence[int]) -> torch.Tensor:
    """`[sum of counts]`, the instance of each item."""
    return torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))


def joined(
    tensor_list: List[Dict[str, torch.Tensor]], name: str, offsets: List[Optional[torch.Tensor]]
) -> torch.Tensor:
    """The tables of all instances, one behind the other, with the offset of each instance added to
    each column that counts something of the instance; `None` for a column that does not."""
    tables = [tensors[name] for tensors in tensor_list]
    row = row_numbers([len(part) for part in tables])
    zeros = torch.zeros(len(tables), dtype=torch.long)
    added = torch.stack([zeros if first is None else first for first in offsets], dim=1)
    return torch.cat(tables) + added[row]
