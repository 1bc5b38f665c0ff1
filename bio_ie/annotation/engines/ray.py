"""Runs a job with Ray Data, on this machine or on a cluster."""

import pickle
import uuid
from typing import Any, Dict, Iterator, Optional, Sequence, Union

from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.engines.attempts import MOST, Attempts, TooManyAttemptsError
from bio_ie.annotation.engines.engine import Engine
from bio_ie.annotation.job import (
    Chunk,
    InputTask,
    Job,
    Result,
    ShardDone,
    ShardMaker,
    prepared_process,
    read_chunks,
)
from bio_ie.annotation.pipeline import Pipeline
from bio_ie.data.shards.annotated_folder import AnnotatedFolder
from bio_ie.processes.ray import ray_library, ray_session, sendable

Row = Dict[str, Any]


class RayEngine(Engine):
    """
    Runs a job with Ray Data: tasks read the input files, and actors make the shards. Reading waits
    where it is faster than the actors. If a worker dies, its shards are made again by another one.

    # Parameters

    workers : `int`
        The number of actors. Each loads the whole pipeline.
    address : `str`, optional
        The address of a cluster (`auto`: the one on this machine). By default, Ray is started on
        this machine, for this run alone, unless this process has started it already. The processes
        of a cluster need the same files under the same paths.
    gpus_per_worker : `float`, optional (default = `0`)
        The number of GPUs of an actor; .5 if two share one.

    Raises `ConfigurationError` if Ray is not installed.
    """

    name = "ray"

    def __init__(
        self, workers: int, address: Optional[str] = None, gpus_per_worker: float = 0
    ) -> None:
        if workers < 1:
            raise ConfigurationError(f"--workers must be positive, not {workers}")
        if gpus_per_worker < 0:
            raise ConfigurationError(f"--gpus-per-worker must not be negative: {gpus_per_worker}")
        ray_library()  # an error now, and not after the models are loaded
        self._workers = workers
        self._address = address
        self._gpus = gpus_per_worker

    def run(self, job: Job, tasks: Sequence[InputTask], pipeline: Pipeline) -> Iterator[Result]:
        if not tasks:
            return
        # One more for what reads the input.
        with ray_session(self._workers * job.threads + 1, self._address) as ray:
            for row in self._dataset(ray, job, tasks).iter_rows():
                result = pickle.loads(row["result"])
                if isinstance(result, TooManyAttemptsError):
                    raise ConfigurationError(
                        f"{MOST} workers have died over the shard {result.key} of {job.folder}, "
                        "perhaps for lack of memory; fewer --workers or a smaller --shard-size "
                        "need less"
                    ) from result
                if isinstance(result, Exception):
                    raise result
                yield result

    def _dataset(self, ray: Any, job: Job, tasks: Sequence[InputTask]) -> Any:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        # A block is what is handed from one process to the next. Here it is one shard.
        context.target_max_block_size = 1
        context.target_min_block_size = 0
        inputs = ray.data.from_items(
            [{"task": pickle.dumps(task)} for task in tasks], override_num_blocks=len(tasks)
        )
        # A reader waits for the actors most of the time. If it took as many CPUs as an actor, Ray
        # would do both in the same process, and one worker would have all of a file to itself.
        chunks = inputs.flat_map(_Reader(job), num_cpus=0.5)
        return chunks.map(
            _Maker,
            fn_constructor_args=(job, uuid.uuid4().hex),
            compute=ray.data.ActorPoolStrategy(size=self._workers, max_tasks_in_flight_per_actor=2),
            num_cpus=job.threads,
            num_gpus=self._gpus or None,
        )


class _Reader:
    """Reads an input file, in a process of Ray. Each row is a `Chunk`, or a result."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, row: Row) -> Iterator[Row]:
        try:
            with prepared_process(self._job):
                for part in read_chunks(self._job, pickle.loads(row["task"])):
                    yield _row(part)
        except Exception as error:
            yield _row(sendable(error))


class _Maker:
    """Makes shards, in an actor of Ray. Other rows pass through."""

    def __init__(self, job: Job, run: str) -> None:
        self._job = job
        self._make = ShardMaker(job)
        self._attempts = Attempts(AnnotatedFolder(job.folder), run)

    def __call__(self, row: Row) -> Row:
        part = pickle.loads(row["result"])
        if not isinstance(part, Chunk):
            return row
        made: Union[ShardDone, Exception]
        try:
            # If this process dies, Ray gives the shard to another one.
            self._attempts.begin(part.key)
            with prepared_process(self._job):
                made = self._make(part)
        except Exception as error:
            made = sendable(error)
        self._attempts.end(part.key)
        return _row(made)


def _row(value: Any) -> Row:
    return {"result": pickle.dumps(value)}
