"""How much of the input of a run is done."""

import os
from typing import List, Optional, Sequence

from bio_ie.data.shards.shard import Shard, ShardKey


class RunSize:
    """The share of the bytes of the input files that have been annotated. Documents cannot be
    counted before all files have been read.

    # Parameters

    inputs : `Sequence[str]`
        The input files by their numbers.
    """

    def __init__(self, inputs: Sequence[str]) -> None:
        self._sizes: List[int] = [_size(path) for path in inputs]
        self._done: List[float] = [0.0] * len(inputs)

    def add(self, key: ShardKey, shard: Shard) -> None:
        """Adds a shard. Shards may come in any order."""
        if shard.position is None:
            return
        # Those before the last one are nearly all done too, whichever worker makes them.
        self._done[key.input] = max(self._done[key.input], shard.position)

    def end(self, number: int) -> None:
        """Says that an input file is done."""
        self._done[number] = 1.0

    def share(self) -> Optional[float]:
        """The share from 0 to 1. `None` if the size of the input is not known."""
        total = sum(self._sizes)
        if not total:
            return None
        done = sum(size * part for size, part in zip(self._sizes, self._done, strict=True))
        return done / total


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size if os.path.isfile(path) else 0
    except OSError:
        return 0


def duration(seconds: float) -> str:
    """Seconds as people say them: `45 s`, `12 min`, `3 h 20 min`, `4 days 3 h`."""
    seconds = max(0, round(seconds))
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h"
