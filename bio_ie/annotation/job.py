"""What the processes of a run share, and how they read its input."""

import contextlib
import os
import time
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple, Union

import torch
from allennlp.common.util import import_module_and_submodules

from bio_ie.annotation.fingerprints import input_state
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.shards.annotated_folder import AnnotatedFolder, Complete
from bio_ie.data.shards.shard import Shard, ShardKey
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.failures import DocumentOrFailure, Failure, read_with_failures
from bio_ie.files.trust import trusting
from bio_ie.processes.garbage import loaded_objects_stay
from bio_ie.text.document import Document

AMONG = "among"
"""The key of `InputTask.among` in what the folder knows of an input file."""


@dataclass(frozen=True)
class Job:
    """Everything that a process needs to know to take part in a run.

    # Parameters

    folder : `str`
        The folder to write.
    pipeline, from_format : `Dict[str, Any]`
        The configs of the pipeline, and of the format of the input.
    readers : `Tuple[CorpusFormat, ...]`
        The formats that read the input files (`CorpusFormat.for_files`).
    to : `str`
        The name of a `ShardFormat`.
    shard_size : `int`
        The number of documents of a shard.
    stops_at_failure : `bool`
        Whether a document that fails ends the run.
    threads : `int`
        The number of threads with which a process computes.
    cuda_device : `int`
        The number of a GPU, or -1.
    working_folder : `str`
        The folder that relative paths are relative to.
    trust : `bool`
        See `bio_ie.files.trust`.
    include_packages : `Tuple[str, ...]`
        Packages with parts of the user's.
    """

    folder: str
    pipeline: Dict[str, Any]
    from_format: Dict[str, Any]
    readers: Tuple[CorpusFormat, ...] = ()
    to: str = "jsonl"
    shard_size: int = 500
    stops_at_failure: bool = False
    threads: int = 1
    cuda_device: int = -1
    working_folder: str = "."
    trust: bool = False
    include_packages: Tuple[str, ...] = ()


class InputTask(NamedTuple):
    """An input file of which some shards are missing.

    # Parameters

    number : `int`
    path : `str`
    done : `FrozenSet[int]`
        The numbers of the shards that are there.
    reader : `int`, optional (default = `0`)
        The place of its reader among those of the job.
    among : `int`, optional (default = `1`)
        The number of input files that there were when the first shard of this one was made.
    """

    number: int
    path: str
    done: FrozenSet[int]
    reader: int = 0
    among: int = 1


class Chunk(NamedTuple):
    """The input of a shard. `position` is the share of the file that has been read, if it is
    known, and `seconds` the time that this took."""

    key: ShardKey
    first: int
    items: List[DocumentOrFailure]
    position: Optional[float]
    seconds: float


class InputEnd(NamedTuple):
    """Says that an input file has been read to its end."""

    number: int
    complete: Complete


class ShardDone(NamedTuple):
    """Says that a shard has been written."""

    key: ShardKey
    shard: Shard


Result = Union[ShardDone, InputEnd]


def read_chunks(job: Job, task: InputTask) -> Iterator[Union[Chunk, InputEnd]]:
    """Reads an input file. The shards that are there are read over. A document that cannot be read
    is a failure in its place, and so is the rest of a file that breaks off.

    Raises `CorpusError` for a file that does not exist.
    """
    corpus_format = job.readers[task.reader]
    reports: List[CorpusReport] = []

    def read(report: CorpusReport) -> Iterator[Document]:
        reports.append(report)
        return read_corpus(task.path, corpus_format, report)

    folder = AnnotatedFolder(job.folder)
    if not task.done:
        state = {**input_state(task.path), AMONG: task.among}
        folder.write_input_state(task.number, state)
    stream = _stream(partial(read_with_failures, read), task.path)
    number = first = 0
    while True:
        started = time.perf_counter()
        items = list(islice(stream, job.shard_size))
        if not items:
            break
        if number not in task.done:
            seconds = time.perf_counter() - started
            key = ShardKey(task.number, number)
            yield Chunk(key, first, items, reports[-1].position() if reports else None, seconds)
        first += len(items)
        number += 1
    yield InputEnd(task.number, Complete(number, first))


def _stream(read: Any, path: str) -> Iterator[DocumentOrFailure]:
    stream = read()
    is_begun = False
    try:
        for item in stream:
            is_begun = True
            yield item
    except CorpusError as error:
        # A file without documents. One that does not exist is no failure of a document.
        if is_begun or not (os.path.exists(path) or path.lstrip().startswith("{")):
            raise
        yield Failure(None, str(error))


@contextlib.contextmanager
def prepared_process(job: Job) -> Iterator[None]:
    """A context manager in which this process is as a job wants it: its working folder, the number
    of its threads, the packages of the user, and which archives it trusts."""
    if os.path.isdir(job.working_folder):
        os.chdir(job.working_folder)
    for package in job.include_packages:
        import_module_and_submodules(package)
    threads = torch.get_num_threads()
    torch.set_num_threads(job.threads)
    try:
        with trusting(job.trust), loaded_objects_stay():
            yield
    finally:
        torch.set_num_threads(threads)
