"""Tells how far a run is: a bar on a terminal, and lines elsewhere."""

import sys
import time
from typing import IO, Dict, Iterable, Optional

from tqdm import tqdm

from bio_ie.annotation.job import InputEnd, Result
from bio_ie.annotation.run_size import RunSize, duration
from bio_ie.text.counted import counted

_LINE_EVERY = 30.0


class Progress:
    """Shows the documents so far, their rate, the failures and the estimated end.

    # Parameters

    size : `RunSize`
        Tells the share of the input that is done.
    stream : `IO[str]`, optional (default = standard error)
    """

    def __init__(self, size: RunSize, stream: Optional[IO[str]] = None) -> None:
        self._stream = stream or sys.stderr
        self._size = size
        self._begun_at = size.share()
        self._started = time.monotonic()
        self._told = self._started
        self._documents = self._failures = 0
        is_terminal = self._stream.isatty()
        self._bar = tqdm(
            unit=" documents", file=self._stream, disable=not is_terminal, bar_format="{desc}"
        )
        self._tells_lines = not is_terminal

    def __call__(self, result: Result) -> None:
        if isinstance(result, InputEnd):
            self._size.end(result.number)
        else:
            self._size.add(result.key, result.shard)
            self._documents += result.shard.items
            self._failures += len(result.shard.failures)
        self._bar.set_description_str(self.line())
        now = time.monotonic()
        if self._tells_lines and now - self._told >= _LINE_EVERY:
            self._told = now
            print(self.line(), file=self._stream, flush=True)

    def line(self) -> str:
        """All figures in one line, which fits into 80 columns."""
        seconds = time.monotonic() - self._started
        rate = self._documents / max(seconds, 1e-9)
        share = self._size.share()
        parts = [
            counted(self._documents, "document"),
            f"{rate:,.1f}/s",
            counted(self._failures, "failure"),
        ]
        if share is not None:
            parts.insert(0, f"{share:.1%}")
            begun = self._begun_at or 0.0
            if share > begun:
                parts.append(f"{duration(seconds * (1 - share) / (share - begun))} left")
        return ", ".join(parts)

    def close(self) -> None:
        self._bar.close()


def stages(seconds: Iterable[Dict[str, float]]) -> Dict[str, float]:
    """The seconds of each stage of some shards together."""
    sums: Dict[str, float] = {}
    for some in seconds:
        for name, value in some.items():
            sums[name] = sums.get(name, 0.0) + value
    return sums
