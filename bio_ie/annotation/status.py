"""Tells how far the run of a folder is, from its files alone."""

import time
from collections import Counter
from pathlib import Path
from typing import Iterator, List, Tuple

from bio_ie.annotation.folder_lock import is_locked
from bio_ie.annotation.progress import stages
from bio_ie.annotation.run_size import RunSize, duration
from bio_ie.data.shards.annotated_folder import AnnotatedFolder
from bio_ie.data.shards.shard import Shard
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.counted import counted

_RECENT = 15 * 60.0
"""The rate is that of the last minutes in which something was written."""


def status_lines(path: str) -> List[str]:
    """The progress of a run, its rate, its failures and its estimated end.

    Raises `CorpusError` if `path` is not a folder of `bio-ie annotate`.
    """
    folder = AnnotatedFolder(path)
    if folder.run() is None:
        raise CorpusError("not a folder of `bio-ie annotate`", path)
    inputs = folder.inputs()
    size = RunSize(inputs)
    shards: List[Shard] = []
    damaged: List[str] = []
    complete = 0
    for key in folder.shards(partial=True):
        try:
            shards.append(folder.shard(key))
            size.add(key, shards[-1])
        except CorpusError as error:
            damaged.append(str(error))
    for number in range(len(inputs)):
        end = folder.complete(number)
        if end is not None and len(folder.shard_numbers(number)) >= end.shards:
            complete += 1
            size.end(number)
    is_complete = complete == len(inputs) and not damaged
    is_running = is_locked(Path(path))
    lines = [
        f"{path}: {'complete' if is_complete else 'running' if is_running else 'not running'}",
        *_counts(shards, complete, len(inputs)),
    ]
    if not is_complete:
        lines += _outlook(shards, size.share())
    lines += [f"  damaged: {problem}" for problem in damaged]
    if not is_complete and not is_running:
        lines.append("  the same `bio-ie annotate` continues")
    return lines


def _counts(shards: List[Shard], complete: int, inputs: int) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for shard in shards:
        counts.update(shard.counts)
    failures = sum(len(shard.failures) for shard in shards)
    files = counted(inputs, "input file")
    yield f"  {complete:,} of {files} complete, {counted(len(shards), 'shard')}"
    nouns = ("document", "mention", "link", "relation", "fact")
    yield "  " + ", ".join(
        [*(counted(counts[f"{noun}s"], noun) for noun in nouns), counted(failures, "failure")]
    )
    seconds = stages(shard.seconds for shard in shards)
    total = sum(seconds.values())
    if total:
        parts = (f"{name} {value / total:.0%}" for name, value in seconds.items())
        yield f"  time of the workers: {', '.join(parts)}"


def _outlook(shards: List[Shard], share: "float | None") -> Iterator[str]:
    if share is not None:
        yield f"  {share:.1%} of the input"
    rate, span = _recent_rate(shards)
    if not span:
        return
    yield f"  {rate:,.1f} documents/s in the last {duration(span)} of work"
    done = sum(shard.items for shard in shards)
    if share and rate:
        left = done / share - done
        ago = time.time() - max(shard.written for shard in shards)
        yield f"  about {counted(round(left), 'document')} left: {duration(left / rate)}" + (
            f" (the last shard was written {duration(ago)} ago)" if ago > 60 else ""
        )


def _recent_rate(shards: List[Shard]) -> Tuple[float, float]:
    """Documents a second, and the seconds in which that was so."""
    if len(shards) < 2:
        return 0.0, 0.0
    last = max(shard.written for shard in shards)
    recent = sorted(
        (shard for shard in shards if last - shard.written <= _RECENT),
        key=lambda shard: shard.written,
    )
    span = last - recent[0].written
    if span <= 0:
        return 0.0, 0.0
    # The first one was made before the time that counts.
    return sum(shard.items for shard in recent[1:]) / span, span
