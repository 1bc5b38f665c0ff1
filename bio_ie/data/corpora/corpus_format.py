"""The base of every corpus format: a text file on one side, `Document`s on the other."""

import glob
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Iterable, Iterator, List, Optional, Tuple, Union

from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError
from allennlp.common.file_utils import cached_path

from bio_ie.data.corpora.unique_ids import UniqueIds
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.document import Document, DocumentError

logger = logging.getLogger(__name__)


class CorpusFormat(Registrable):
    """Reads a corpus file into `Document`s and, where `writable`, writes them back.

    An implementation gives `_read(source)`, a generator of documents that calls
    `source.problem(...)` for what it has to leave out, and, if it can write, `_write`.
    It never knows a task, and keeps no state between files.

    # Parameters

    on_error : `str`, optional (default = `"raise"`)
        `"raise"` stops at the first bad item with a `CorpusError`; `"skip"` leaves the item out
        (the rest of a file that breaks off, and goes on with the next file), counts it and logs
        the counts at the end.
    """

    default_implementation = "jsonl"

    writable = False
    """Whether `write` is implemented."""

    streams = True
    """Whether reading takes memory for one document at a time only."""

    def __init__(self, on_error: str = "raise") -> None:
        if on_error not in ("raise", "skip"):
            raise ConfigurationError(f"on_error must be 'raise' or 'skip', not {on_error!r}")
        self.on_error = on_error

    # Reading

    def read(
        self, path: Union[str, "os.PathLike[str]"], report: Optional[CorpusReport] = None
    ) -> Iterator[Document]:
        """Yields the documents of `path`: a file, a folder where the format reads folders, a URL,
        or a glob pattern (files in sorted order). `.gz` files are decompressed. A repeated document
        id gets `#2` behind it, with one warning.

        Raises `CorpusError` for bad input (see `on_error`), and for input with no document.
        """
        report = CorpusReport() if report is None else report
        lost_before = sum(report.lost.values())
        documents = 0
        unique = UniqueIds(os.fspath(path))
        for file, name in self._files(os.fspath(path)):
            source = Source(file, name, self.on_error, report)
            try:
                for document in self._checked(source):
                    report.settle(document.id)
                    documents += 1
                    document_id = unique(document.id)
                    if document_id != document.id:
                        document = replace(document, id=document_id)
                    report.add(document)
                    yield document
            except CorpusError as error:
                if source.on_error == "raise":
                    raise
                report.lose_input("a file cannot be read to its end", error)
            report.settle()
        lost = sum(report.lost.values()) - lost_before
        if not documents and not lost:
            raise CorpusError("no document in it", os.fspath(path))
        if lost:
            logger.warning("%s: %s", os.fspath(path), report)

    def _checked(self, source: Source) -> Iterator[Document]:
        try:
            yield from self._read(source)
        except DocumentError as error:  # a parser let it through: say where
            raise source.error(error.reason, document_id=error.document_id) from error

    def _read(self, source: Source) -> Iterator[Document]:
        raise NotImplementedError

    def _files(self, path: str) -> Iterator[Tuple[Path, str]]:
        """Resolves globs, URLs and plain paths to `(local file, name for errors)`."""
        if os.path.exists(path):
            yield Path(path), path
            return
        if "://" not in path and glob.has_magic(path):
            matches: List[str] = sorted(glob.glob(path, recursive=True))
            if not matches:
                raise CorpusError("no file matches this pattern", path)
            for match in matches:
                yield Path(match), match
            return
        try:
            yield Path(cached_path(path)), path
        except Exception as error:  # each kind of URL has a library with errors of its own
            raise CorpusError(f"cannot be read: {error}", path) from error

    # Writing

    def write(
        self,
        documents: Iterable[Document],
        path: Union[str, "os.PathLike[str]"],
        report: Optional[CorpusReport] = None,
    ) -> CorpusReport:
        """Writes `documents` to `path`, through a temporary file, so that an interrupted run
        leaves nothing half-made. What the format cannot hold is counted in the report's `lost`."""
        if not self.writable:
            raise ConfigurationError(f"{type(self).__name__} cannot write; use jsonl or another")
        report = CorpusReport() if report is None else report
        self._write(_counted(documents, report), Path(path), report)
        return report

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        raise NotImplementedError


def _counted(documents: Iterable[Document], report: CorpusReport) -> Iterator[Document]:
    for document in documents:
        report.add(document)
        yield document
