"""Collects counts and values from all processes of distributed training."""

from collections import Counter
from typing import Any, List, TypeVar

import torch.distributed as dist
from allennlp.common.util import is_distributed

Part = TypeVar("Part")


def from_all_processes(part: Part) -> List[Part]:
    """The `part` of every process, as a list. All processes must call this function. Without
    distributed training, the list has only `part`."""
    if not is_distributed():
        return [part]
    gathered: List[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(gathered, part)
    return gathered


def over_processes(counter: Counter[str]) -> Counter[str]:
    """The sum of the `counter`s of all processes, which must all call this function. `counter` does
    not change. The counters may have different keys."""
    if not is_distributed():
        return counter
    total: Counter[str] = Counter()
    for part in from_all_processes(counter):
        total.update(part)
    return total
