"""Runs a job in this process."""

from typing import Iterator, Sequence

from bio_ie.annotation.engines.engine import Engine
from bio_ie.annotation.job import (
    Chunk,
    InputTask,
    Job,
    Result,
    prepared_process,
    read_chunks,
)
from bio_ie.annotation.pipeline import Pipeline
from bio_ie.annotation.shard_maker import ShardMaker


class LocalEngine(Engine):
    """Runs a job in this process, one shard after the other."""

    name = "local"

    def run(self, job: Job, tasks: Sequence[InputTask], pipeline: Pipeline) -> Iterator[Result]:
        with prepared_process(job):
            make = ShardMaker(job, pipeline)
            for task in tasks:
                for part in read_chunks(job, task):
                    yield make(part) if isinstance(part, Chunk) else part
