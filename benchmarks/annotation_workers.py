"""Measures `bio-ie annotate` with more workers than one."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import List

from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.params import with_overrides

from benchmarks.background import read_abstracts
from benchmarks.timing import Comparison, NotMeasured, Side, Unit, compare
from bio_ie.annotation.annotation_run import AnnotationRun
from bio_ie.annotation.engines.ray import RayEngine
from bio_ie.annotation.job import Job, Result, ShardDone
from bio_ie.annotation.pipeline import build_pipeline
from bio_ie.data.corpora import JsonlFormat

CHECKOUT = Path(__file__).resolve().parent.parent
QUICKSTART = CHECKOUT / "training_config/quickstart.jsonnet"
SHARD_SIZE = 10


@dataclass
class _Steady:
    """The seconds of runs from their first shard on. What comes before, such as starting Ray and
    loading models, takes as long for a corpus of any size."""

    seconds: float = 0.0


class WorkersBenchmark:
    """Annotates abstracts with Ray, by a joint model of the embedded encoder's size, which is
    trained for an epoch on the demo corpus.

    # Parameters

    abstracts : `int`
        The number of abstracts.
    data_folder : `Path`
        See `read_abstracts`.
    folder : `Path`
        For the model and the annotations.
    """

    def __init__(self, abstracts: int, data_folder: Path, folder: Path) -> None:
        self._folder = folder
        self._source, documents = read_abstracts(abstracts, data_folder)
        self._input = folder / "abstracts.jsonl"
        JsonlFormat().write(documents, self._input)
        self._abstracts = len(documents)

    def workers(self, row: str, number: int, repeats: int) -> Comparison:
        """Compares the documents per second of several workers with those of one."""
        if (os.cpu_count() or 1) < number:
            raise NotMeasured(f"{number} workers need {number} cores")
        if self._abstracts < 4 * number * SHARD_SIZE:
            raise NotMeasured(f"{self._abstracts} abstracts are too few for {number} workers")
        params = Params.from_file(QUICKSTART).as_dict(quiet=True)
        one_epoch = with_overrides(params, {"trainer": {**params["trainer"], "num_epochs": 1}})
        train_model(Params(one_epoch), str(self._folder / "model"), return_model=False)
        steady = _Steady()

        def side(workers: int, label: str) -> Side:
            return Side(label, lambda _: self._annotate(workers, steady), lambda _: None)

        return compare(
            row,
            side(number, f"{number} workers"),
            side(1, "one worker"),
            repeats,
            Unit("documents/s", self._abstracts),
            target=0.85 * number,
            note=f"{self._source}, shards of {SHARD_SIZE}, one thread each, without the start",
            clock=lambda: steady.seconds,
        )

    def _annotate(self, workers: int, steady: _Steady) -> None:
        with tempfile.TemporaryDirectory(dir=self._folder) as output:
            job = Job(
                folder=output,
                pipeline={"steps": [{"archive": str(self._folder / "model")}]},
                from_format={"type": "jsonl"},
                shard_size=SHARD_SIZE,
                working_folder=os.getcwd(),
            )
            moments: List[float] = []

            def watch(result: Result) -> None:
                if isinstance(result, ShardDone):
                    moments.append(result.shard.written)

            pipeline = build_pipeline(job.pipeline)
            pipeline.open()
            AnnotationRun(job, pipeline, [str(self._input)])(RayEngine(workers), watch)
        moments.sort()
        # By the time of the first shard, each worker has made one.
        measured = len(moments) - workers
        steady.seconds += (moments[-1] - moments[0]) * len(moments) / measured
