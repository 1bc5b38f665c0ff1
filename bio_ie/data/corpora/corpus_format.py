"""The base class of corpus formats, which read files into `Document`s and write them."""

import logging
import os
from pathlib import Path
from typing import Any, Iterable, Iterator, List, Optional, Sequence, Tuple, Union

from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.failures import FAILED_PREDICTION
from bio_ie.files.input_files import InputFile, input_files
from bio_ie.files.source import Source
from bio_ie.files.unique_ids import UniqueIds
from bio_ie.text.document import Document, DocumentError

logger = logging.getLogger(__name__)


class CorpusFormat(Registrable):
    """Reads a corpus file into `Document`s and, if it is `writable`, writes such files.

    An implementation defines `_read(source)`, a generator of documents that calls
    `source.problem(...)` for what it has to leave out. If it can write, it also defines `_write`.
    It is independent of any task, and keeps no state between files.

    # Parameters

    on_error : `str`, optional (default = `"raise"`)
        `"raise"` stops at the first bad item with a `CorpusError`. `"skip"` leaves bad items out,
        counts them, and logs the counts at the end. If a file breaks off, `"skip"` leaves out the
        rest of it and goes on with the next file.
    """

    default_implementation = "jsonl"

    writable = False
    """Whether `write` is implemented."""

    streams = True
    """Whether reading has only one document in memory at a time."""

    reads_by_file = True
    """Whether the files of a path can be read one at a time (see `for_files`), which gives the same
    documents as reading the path."""

    in_folders: Sequence[str] = ()
    """Patterns of the names of files that are read if the path is a folder; see `input_files`."""

    @classmethod
    def resolve_class_name(cls, name: str) -> Tuple[Any, Optional[str]]:
        """As in every `Registrable`, but a name such as "." or ".x" is a `ConfigurationError` too.
        AllenNLP takes it for a class in a module, and fails on the module's name."""
        try:
            return super().resolve_class_name(name)
        except (TypeError, ValueError) as error:
            raise ConfigurationError(f"there is no corpus format {name!r}") from error

    is_part = False
    """Whether what is read is only a part of a corpus (see `for_files`), in which there may be no
    document."""

    def __init__(self, on_error: str = "raise") -> None:
        if on_error not in ("raise", "skip"):
            raise ConfigurationError(f"on_error must be 'raise' or 'skip', not {on_error!r}")
        self.on_error = on_error

    # Reading

    def read(
        self, path: Union[str, "os.PathLike[str]"], report: Optional[CorpusReport] = None
    ) -> Iterator[Document]:
        """Yields the documents of `path`, which may be a file, a folder (if the format reads
        folders), a URL, or a glob pattern (whose files are read in sorted order).

        `.gz` files are decompressed. A repeated document id gets the suffix `#2`, with one warning.

        Raises `CorpusError` for bad input (see `on_error`), and for input without any document that
        can be read.
        """
        report = CorpusReport() if report is None else report
        files = self.files(path)
        reader = self.for_files(files)
        lost_before, noted_before = sum(report.lost.values()), sum(report.noted.values())
        documents = 0
        unique = UniqueIds(os.fspath(path))
        for file, name in files:
            source = Source(file, name, self.on_error, report, unique)
            try:
                for document in reader._checked(source):
                    report.settle(document.id)
                    documents += 1
                    document_id = unique(document.id)
                    if document_id != document.id:
                        document = document.with_changes(id=document_id)
                    report.add(document)
                    yield document
            except CorpusError as error:
                if source.on_error == "raise":
                    raise
                report.lose_input("a file cannot be read to its end", error)
            report.settle()
        lost = sum(report.lost.values()) - lost_before
        if not documents and not self.is_part:
            require_documents(os.fspath(path), lost, report, "no document was found")
        if (lost or sum(report.noted.values()) > noted_before) and not report.is_shown:
            logger.warning("%s: %s", os.fspath(path), report)

    def _checked(self, source: Source) -> Iterator[Document]:
        try:
            yield from self._read(source)
        except DocumentError as error:  # not handled by the parser; the new error names the place
            raise source.error(error.reason, document_id=error.document_id) from error

    def _read(self, source: Source) -> Iterator[Document]:
        raise NotImplementedError

    def files(self, path: Union[str, "os.PathLike[str]"]) -> List[InputFile]:
        """The files that `read` reads for a path, in its order. Each of them can be read alone."""
        return list(self._files(os.fspath(path)))

    def for_files(self, files: Sequence[InputFile]) -> "CorpusFormat":
        """The format that reads the files of a corpus one at a time, in any order and any process:
        it can be pickled. By default it is this format, because the files do not depend on each
        other. A format with an option by which they do looks at all of them here.

        # Parameters

        files : `Sequence[InputFile]`
            All files of the corpus, in the order of `files`.
        """
        return self

    def _files(self, path: str) -> Iterator[InputFile]:
        """The files of a path, as `(local file, name for errors)`."""
        return input_files(path, self.in_folders)

    # Writing

    def write(
        self,
        documents: Iterable[Document],
        path: Union[str, "os.PathLike[str]"],
        report: Optional[CorpusReport] = None,
    ) -> CorpusReport:
        """Writes `documents` to `path`. Content that the format cannot hold is counted in the
        report's `lost`.

        The documents are first written to a temporary file, so that an interrupted run leaves no
        incomplete file.
        """
        if not self.writable:
            raise ConfigurationError(
                f"{type(self).__name__} cannot write; use another format, such as jsonl"
            )
        report = CorpusReport() if report is None else report
        self._write(_counted(documents, report), Path(path), report)
        return report

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        raise NotImplementedError


def require_documents(path: str, lost: int, report: CorpusReport, reason: str) -> None:
    """Raises `CorpusError` for input without a document. If something was `lost`, the error says
    so. It is not raised if the caller gets to know each document that was not read (`on_unread`),
    or if the file tells of predictions that failed: these were read."""
    if not lost:
        raise CorpusError(reason, path)
    if report.on_unread is None and not report.lost[FAILED_PREDICTION]:
        example = f": {report.first_example}" if report.first_example else ""
        raise CorpusError(f"no document could be read{example}", path)


def _counted(documents: Iterable[Document], report: CorpusReport) -> Iterator[Document]:
    for document in documents:
        report.add(document)
        yield document
