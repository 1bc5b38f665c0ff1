"""What all processes of distributed training have counted or seen."""

from collections import Counter
from typing import Any, List, TypeVar

import torch.distributed as dist
from allennlp.common.util import is_distributed

Part = TypeVar("Part")


def from_all_processes(part: Part) -> List[Part]:
    """That of every process, which must all call this; `part` alone if there is but one."""
    if not is_distributed():
        return [part]
    gathered: List[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(gathered, part)
    return gathered


def over_processes(counter: Counter[str]) -> Counter[str]:
    """The sum over all processes, which must all call this; `counter` stays as it is. What one has
    counted another need not have."""
    if not is_distributed():
        return counter
    total: Counter[str] = Counter()
    for part in from_all_processes(counter):
        total.update(part)
    return total
