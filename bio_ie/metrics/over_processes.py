"""Counts of all processes of distributed training."""

from collections import Counter
from typing import Any, List

import torch.distributed as dist
from allennlp.common.util import is_distributed


def over_processes(counter: Counter[str]) -> Counter[str]:
    """The sum over all processes, which must all call this; `counter` stays as it is. What one has
    counted another need not have."""
    if not is_distributed():
        return counter
    gathered: List[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(gathered, counter)
    total: Counter[str] = Counter()
    for part in gathered:
        total.update(part)
    return total
