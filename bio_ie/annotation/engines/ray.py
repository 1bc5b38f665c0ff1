"""Runs a job with Ray Data, on this machine or on a cluster."""

import pickle
import uuid
from dataclasses import replace
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Union

from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.engines.attempts import MOST, Attempts, TooManyAttemptsError
from bio_ie.annotation.engines.engine import Engine
from bio_ie.annotation.job import (
    Chunk,
    InputTask,
    Job,
    Result,
    ShardDone,
    prepared_process,
    read_chunks,
)
from bio_ie.annotation.pipeline import Pipeline
from bio_ie.annotation.pipeline_parts import stages_of
from bio_ie.annotation.shard_maker import ShardMaker, Unfinished
from bio_ie.data.shards.annotated_folder import AnnotatedFolder
from bio_ie.processes.ray import ray_library, ray_session, sendable, warn_of_few

Row = Dict[str, Any]


class RayEngine(Engine):
    """
    Runs a job with Ray Data: tasks read the input files, and actors make the shards. What comes
    earlier waits where it is faster than what comes later. If a worker dies, its shards are made
    again by another one.

    # Parameters

    workers : `int`
        The number of actors with a model. If nothing prepares for them, they do the whole pipeline.
        Otherwise, each model of the pipeline has so many.
    address : `str`, optional
        The address of a cluster (`auto`: the one on this machine). By default, Ray is started on
        this machine, for this run alone, unless this process has started it already. The processes
        of a cluster need the same files under the same paths.
    gpus_per_worker : `float`, optional (default = `0`)
        The number of GPUs of a worker; .5 if two share one. Models of a pipeline that have workers
        of their own share them.
    preparers : `int`, optional (default = `0`)
        The number of actors that do what needs no model: they match dictionaries, link mentions,
        find words and make batches.

    Raises `ConfigurationError` if Ray is not installed.
    """

    name = "ray"

    def __init__(
        self,
        workers: int,
        address: Optional[str] = None,
        gpus_per_worker: float = 0,
        preparers: int = 0,
    ) -> None:
        if workers < 1:
            raise ConfigurationError(f"--workers must be positive, not {workers}")
        if preparers < 0:
            raise ConfigurationError(f"--preparers must not be negative: {preparers}")
        if gpus_per_worker < 0:
            raise ConfigurationError(f"--gpus-per-worker must not be negative: {gpus_per_worker}")
        ray_library()  # an error now, and not after the models are loaded
        self._workers = workers
        self._address = address
        self._gpus = gpus_per_worker
        self._preparers = preparers

    @property
    def uses_gpus(self) -> bool:
        return self._gpus > 0

    def run(self, job: Job, tasks: Sequence[InputTask], pipeline: Pipeline) -> Iterator[Result]:
        if not tasks:
            return
        pools = self._pools(pipeline)
        # One more for what reads the input.
        cpus = sum(pool.size for pool in pools) * job.threads + 1
        gpus = sum(pool.size * pool.gpus for pool in pools)
        with ray_session(cpus, self._address) as ray:
            warn_of_few(ray, cpus, gpus)
            for row in self._dataset(ray, job, tasks, pools).iter_rows():
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

    def _pools(self, pipeline: Pipeline) -> "List[_Pool]":
        """The actors of each stage."""
        stages = stages_of(pipeline.steps)
        num_models = sum(stage.has_model for stage in stages)
        if not self._preparers or not num_models:
            return [_Pool(None, self._workers, self._gpus, is_last=True)]
        others = len(stages) - num_models
        return [
            _Pool(
                number,
                self._workers if stage.has_model else -(-self._preparers // others),
                self._gpus / num_models if stage.has_model else 0,
                is_last=number == len(stages) - 1,
            )
            for number, stage in enumerate(stages)
        ]

    def _dataset(
        self, ray: Any, job: Job, tasks: Sequence[InputTask], pools: "Sequence[_Pool]"
    ) -> Any:
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
        parts = inputs.flat_map(_Reader(job), num_cpus=0.5)
        run = uuid.uuid4().hex
        for pool in pools:
            parts = parts.map(
                _Maker,
                fn_constructor_args=(job, run, pool),
                compute=ray.data.ActorPoolStrategy(size=pool.size, max_tasks_in_flight_per_actor=2),
                num_cpus=job.threads,
                num_gpus=pool.gpus or None,
            )
        return parts


class _Pool(NamedTuple):
    """The actors of a stage of the pipeline, or of the whole pipeline if `stage` is `None`. The
    last ones write the shards."""

    stage: Optional[int]
    size: int
    gpus: float
    is_last: bool


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
    """Makes shards, or does a stage of the pipeline for them, in an actor of Ray. Other rows pass
    through."""

    def __init__(self, job: Job, run: str, pool: _Pool) -> None:
        self._job = job if pool.gpus else replace(job, cuda_device=-1)
        self._pool = pool
        self._make: Optional[ShardMaker] = None
        self._attempts = Attempts(AnnotatedFolder(job.folder), run)

    def __call__(self, row: Row) -> Row:
        part = pickle.loads(row["result"])
        if not isinstance(part, (Chunk, Unfinished)):
            return row
        made: Union[Unfinished, ShardDone, Exception]
        key = part.key if isinstance(part, Chunk) else part.chunk.key
        try:
            # If this process dies, Ray gives the shard to another one.
            self._attempts.begin(key)
            with prepared_process(self._job):
                made = self._made(part)
        except Exception as error:
            made = sendable(error)
        self._attempts.end(key)
        return _row(made)

    def _made(self, part: Union[Chunk, Unfinished]) -> Union[Unfinished, ShardDone]:
        if self._make is None:
            self._make = ShardMaker(self._job, stage=self._pool.stage)
        unfinished = self._make.begin(part) if isinstance(part, Chunk) else part
        self._make.go_on(unfinished)
        return self._make.write(unfinished) if self._pool.is_last else unfinished


def _row(value: Any) -> Row:
    return {"result": pickle.dumps(value)}
