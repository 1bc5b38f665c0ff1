"""Estimates how long a run takes, from a sample of its input."""

import copy
import math
import os
import tempfile
import time
from dataclasses import replace
from typing import Dict, Iterator, List, NamedTuple, Sequence

from allennlp.common import Params

from bio_ie.annotation.job import (
    Chunk,
    InputTask,
    Job,
    prepared_process,
    read_chunks,
)
from bio_ie.annotation.pipeline import Pipeline
from bio_ie.annotation.pipeline_parts import Does
from bio_ie.annotation.run_size import duration
from bio_ie.annotation.shard_maker import ShardMaker
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.counted import counted


class Estimate(NamedTuple):
    """The time of a sample.

    # Parameters

    documents : `int`
        The size of the sample.
    seconds : `Dict[str, float]`
        The time of reading, of each step of the pipeline, and of writing.
    """

    documents: int
    seconds: Dict[str, float]


def estimate(job: Job, pipeline: Pipeline, inputs: Sequence[str], sample: int) -> Estimate:
    """Annotates the first documents of the input, into a temporary folder.

    # Parameters

    job : `Job`
    pipeline : `Pipeline`
        The pipeline of the job, open.
    inputs : `Sequence[str]`
    sample : `int`
        The number of documents.
    """
    with tempfile.TemporaryDirectory(prefix="bio_ie_estimate_") as folder:
        reader = CorpusFormat.from_params(Params(copy.deepcopy(job.from_format)))
        own = replace(job, folder=folder, shard_size=min(job.shard_size, sample), readers=(reader,))
        tasks = [InputTask(number, path, frozenset()) for number, path in enumerate(inputs)]
        documents = 0
        seconds: Dict[str, float] = {}
        with prepared_process(own):
            make = ShardMaker(own, pipeline)
            for chunk in _chunks(own, tasks, sample):
                if not documents:
                    # What is loaded or built with the first documents is not counted.
                    pipeline(chunk.items[: min(8, len(chunk.items))])
                started = time.perf_counter()
                shard = make(chunk).shard
                of_steps = sum(shard.seconds.values()) - shard.seconds["reading"]
                shard.seconds["writing"] = time.perf_counter() - started - of_steps
                for name, value in shard.seconds.items():
                    seconds[name] = seconds.get(name, 0.0) + value
                documents += len(chunk.items)
    if not documents:
        raise CorpusError("no document was found", inputs[0] if inputs else None)
    return Estimate(documents, seconds)


def _chunks(job: Job, tasks: Sequence[InputTask], sample: int) -> Iterator[Chunk]:
    left = sample
    for task in tasks:
        for part in read_chunks(job, task):
            if isinstance(part, Chunk):
                some = part.items[:left]
                left -= len(some)
                yield part._replace(items=some)
            if left <= 0:
                return


def estimate_lines(found: Estimate, documents: int, job: Job) -> List[str]:
    """An estimate for a number of documents, as lines of text."""
    total = sum(found.seconds.values())
    lines = [
        f"{counted(found.documents, 'document')} with {counted(job.threads, 'thread')}:",
        f"  {'stage':<24} {'documents/s':>12} {'share':>7}",
    ]
    for name, value in found.seconds.items():
        rate = found.documents / value if value else float("inf")
        lines.append(f"  {name:<24} {rate:>12,.1f} {value / total:>7.1%}")
    slowest = max(found.seconds, key=lambda name: found.seconds[name])
    lines.append(f"  {'together':<24} {found.documents / total:>12,.1f}")
    lines.append(f"the slowest stage is {slowest!r}")
    each = total / found.documents
    lines.append(f"{counted(documents, 'document')}: {duration(documents * each)} with one worker")
    cores = os.cpu_count() or 1
    if job.cuda_device >= 0:
        lines += _on_a_gpu(found, documents, cores)
        return lines
    workers = max(1, cores // job.threads)
    if workers > 1:
        lines.append(
            f"  with {workers} workers on the {cores} cores of this machine (--engine ray "
            f"--workers {workers}): {duration(documents * each / workers)} at best"
        )
        reading = found.seconds["reading"]
        if reading > 0:
            # One process reads a file, while the workers make the shards of what it has read.
            fed = max(1, int((total - reading) / reading))
            lines.append(
                f"  one file is read as fast as {counted(fed, 'worker')} can annotate it; several "
                "files are read at the same time"
            )
    return lines


def _on_a_gpu(found: Estimate, documents: int, cores: int) -> List[str]:
    """An estimate where other processes prepare for the one with the GPU, which runs the models
    and writes."""
    model = sum(
        value
        for name, value in found.seconds.items()
        if name.endswith(f"({Does.MODEL.value})") or name == "writing"
    )
    preparing = sum(found.seconds.values()) - model - found.seconds["reading"]
    enough = max(1, math.ceil(preparing / model))
    there = max(1, min(enough, cores - 2))
    slowest = max(model, preparing / there, found.seconds["reading"]) / found.documents
    return [
        f"  {counted(enough, 'preparer')} would keep the GPU busy; with "
        f"{counted(there, 'preparer')} on the {counted(cores, 'core')} of this machine (--engine "
        f"ray --workers 1 --gpus-per-worker 1 --preparers {there}): "
        f"{duration(documents * slowest)} at best"
    ]
