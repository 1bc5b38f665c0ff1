"""A run: annotates the input files of which shards are missing, and keeps account of them."""

import copy
import importlib.metadata
import logging
import os
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Set

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.engines.engine import Engine
from bio_ie.annotation.fingerprints import is_unchanged, sha256_of
from bio_ie.annotation.folder_lock import folder_lock
from bio_ie.annotation.job import AMONG, InputEnd, InputTask, Job, Result, ShardDone
from bio_ie.annotation.pipeline import Pipeline
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.shards.annotated_folder import AnnotatedFolder, Complete
from bio_ie.data.shards.shard import ShardKey
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.counted import counted
from bio_ie.version import VERSION

logger = logging.getLogger(__name__)

_LIBRARIES = ("torch", "transformers", "spacy", "numpy")

Watch = Callable[[Result], None]


class Summary(NamedTuple):
    """What a folder has after a run.

    # Parameters

    made, kept : `int`
        The numbers of shards that were made, and that were there before.
    counts : `Dict[str, int]`
        The numbers of documents, mentions, links, relations and facts in all shards.
    steps : `Dict[str, Dict[str, int]]`
        What each step has given, in all shards.
    failures : `int`
    """

    made: int
    kept: int
    counts: Dict[str, int]
    steps: Dict[str, Dict[str, int]]
    failures: int


class AnnotationRun:
    """
    Annotates input files into a folder (`AnnotatedFolder`). Shards that are there stay. The folder
    is the same in the end, however often a run is stopped and continued.

    # Parameters

    job : `Job`
    pipeline : `Pipeline`
        The pipeline of the job, open.
    inputs : `Sequence[str]`
        The input files. Files that are new since an earlier run are added at the end.

    # Attributes

    folder : `AnnotatedFolder`
    """

    def __init__(self, job: Job, pipeline: Pipeline, inputs: Sequence[str]) -> None:
        self._job = job
        self._pipeline = pipeline
        self._inputs = list(dict.fromkeys(inputs))
        self.folder = AnnotatedFolder(job.folder)

    def __call__(self, engine: Engine, watch: Optional[Watch] = None) -> Summary:
        """Makes the shards that are missing.

        # Parameters

        engine : `Engine`
        watch : `Callable`, optional
            Is called with each result of the engine.

        Raises `ConfigurationError` if the folder was made with other settings or other versions of
        the files, or is being written by another run, and the errors of `Engine.run`.
        """
        with folder_lock(Path(self._job.folder)):
            self._prepare()
            tasks = self._with_readers(list(self._tasks()))
            kept = sum(len(task.done) for task in tasks) + self._num_complete
            made = 0
            for result in self._accounted(engine, tasks):
                made += isinstance(result, ShardDone)
                if watch is not None:
                    watch(result)
            failures = self.folder.write_failures()
        return self._summary(made, kept, failures)

    def planned_inputs(self) -> List[str]:
        """The input files by their numbers, with those of earlier runs."""
        known = self.folder.inputs()
        return [*known, *(path for path in self._inputs if path not in set(known))]

    # What there is

    def _prepare(self) -> None:
        """Compares the settings with those of the folder, if it has any, and writes them."""
        settings = settings_of(self._job, self._pipeline)
        earlier = self.folder.run()
        inputs = self.planned_inputs()
        if earlier is not None:
            found = list(_differences("", earlier["settings"], settings))
            if found:
                raise ConfigurationError(
                    f"{self._job.folder} was made with other settings: {'; '.join(found)}. Use "
                    "another --output, or the settings of before"
                )
            if earlier["versions"] != versions():
                logger.warning(
                    "%s was begun with other versions of libraries: %s",
                    self._job.folder,
                    "; ".join(_differences("", earlier["versions"], versions())),
                )
        elif any(not path.name.startswith(".") for path in Path(self._job.folder).iterdir()):
            raise ConfigurationError(
                f"{self._job.folder} is not empty, and no folder of `bio-ie annotate`"
            )
        if earlier is None or inputs != earlier["inputs"]:
            self.folder.write_run(settings, versions(), inputs)

    def _tasks(self) -> Iterator[InputTask]:
        self._num_complete = 0
        wanted = set(self._inputs)
        inputs = self.folder.inputs()
        for number, path in enumerate(inputs):
            if path not in wanted:
                continue  # of an earlier run
            done = frozenset(
                shard
                for shard in self.folder.shard_numbers(number)
                if self.folder.is_whole(ShardKey(number, shard))
            )
            state = self.folder.input_state(number) if done else None
            if state is not None and not is_unchanged(path, state):
                raise CorpusError(
                    "the file has changed since its first shards were made; use another --output, "
                    f"or delete {self.folder.of_input(number)} to annotate it anew",
                    path,
                )
            complete = self.folder.complete(number)
            if complete is not None and done >= set(range(complete.shards)):
                self._num_complete += complete.shards
                continue
            # Files that came later must not change what is left of one that was begun: in PubMed,
            # they may delete its records, and then the next shard would begin elsewhere.
            among = len(inputs) if state is None else state[AMONG]
            yield InputTask(number, path, done, among=among)

    def _with_readers(self, tasks: Sequence[InputTask]) -> List[InputTask]:
        """The tasks with their readers, which are those of the job from then on."""
        corpus_format = CorpusFormat.from_params(Params(copy.deepcopy(self._job.from_format)))
        inputs = self.folder.inputs()
        among = sorted({task.among for task in tasks})
        readers = []
        for count in among:
            files = [(Path(path), path) for path in inputs[:count] if os.path.exists(path)]
            by_file = corpus_format.reads_by_file and files
            readers.append(corpus_format.for_files(files) if by_file else corpus_format)
        self._job = replace(self._job, readers=tuple(readers))
        return [task._replace(reader=among.index(task.among)) for task in tasks]

    # What is made

    def _accounted(self, engine: Engine, tasks: Sequence[InputTask]) -> Iterator[Result]:
        """The results of the engine. An input file is marked as complete once all its shards are
        there."""
        done: Dict[int, Set[int]] = defaultdict(set)
        ends: Dict[int, Complete] = {}
        done.update({task.number: set(task.done) for task in tasks})
        for result in engine.run(self._job, tasks, self._pipeline):
            if isinstance(result, InputEnd):
                number = result.number
                ends[number] = result.complete
            else:
                number = result.key.input
                done[number].add(result.key.number)
            if number in ends and done[number] >= set(range(ends[number].shards)):
                self.folder.write_complete(number, ends.pop(number))
            yield result

    def _summary(self, made: int, kept: int, failures: int) -> Summary:
        counts: Counter[str] = Counter()
        steps: Dict[str, Counter[str]] = {step.name: Counter() for step in self._pipeline.steps}
        for key in self.folder.shards(partial=True):
            shard = self.folder.shard(key)
            counts.update(shard.counts)
            for name, added in shard.steps.items():
                steps.setdefault(name, Counter()).update(added)
        return Summary(
            made, kept, dict(counts), {name: dict(some) for name, some in steps.items()}, failures
        )


def settings_of(job: Job, pipeline: Pipeline) -> Dict[str, Any]:
    """All that the annotations depend on."""
    return {
        "pipeline": job.pipeline,
        "from": job.from_format,
        "to": job.to,
        "shard_size": job.shard_size,
        "files": {path: sha256_of(path) for path in pipeline.files()},
    }


def versions() -> Dict[str, str]:
    return {"bio_ie": VERSION, **{name: importlib.metadata.version(name) for name in _LIBRARIES}}


def _differences(at: str, before: Any, now: Any) -> Iterator[str]:
    """What differs between two JSON values, as phrases."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in {**before, **now}:
            yield from _differences(
                f"{at}.{key}" if at else str(key), before.get(key), now.get(key)
            )
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for place, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from _differences(f"{at}[{place}]", one, other)
    elif before != now:
        if at.startswith("files."):
            what = "is another file" if before and now else "was not used" if now else "was used"
            yield f"{at.removeprefix('files.')} {what}"
        else:
            yield f"{at} was {before!r} and is {now!r}"


def table(summary: Summary) -> List[str]:
    """A summary as lines of text."""
    counts = summary.counts
    nouns = ("document", "mention", "link", "relation", "fact")
    lines = [
        ", ".join(counted(counts.get(f"{noun}s", 0), noun) for noun in nouns)
        + f"; {counted(summary.failures, 'failure')}"
    ]
    for name, added in summary.steps.items():
        given = ", ".join(
            counted(added[f"{noun}s"], noun) for noun in nouns if added.get(f"{noun}s")
        )
        lines.append(f"  {name}: {given or 'nothing'}")
    return lines
