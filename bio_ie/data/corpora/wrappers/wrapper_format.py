"""The base class of formats that change what another format reads."""

import copy
import os
from typing import Iterator, List, Optional, Sequence, Union

from bio_ie.data.corpora.corpus_format import CorpusFormat, require_documents
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.input_files import InputFile
from bio_ie.text.document import Document


class WrapperFormat(CorpusFormat):
    """Reads documents with another format, the inner format, and passes on some of them, changed or
    not.

    An implementation defines `_documents(path, report)`, which passes `report` to the inner
    format's `read`. The losses of the inner format are then added to the caller's report. The
    caller's report counts only the documents that are passed on. `on_error` is that of the inner
    format.

    # Parameters

    format : `CorpusFormat`
        The inner format.
    """

    def __init__(self, format: CorpusFormat) -> None:
        super().__init__(format.on_error)
        self.format = format
        self.reads_by_file = self.reads_by_file and format.reads_by_file

    def files(self, path: Union[str, "os.PathLike[str]"]) -> List[InputFile]:
        return self.format.files(path)

    def for_files(self, files: Sequence[InputFile]) -> "WrapperFormat":
        inner = self.format.for_files(files)
        if inner is self.format:
            return self
        prepared = copy.copy(self)
        prepared.format, prepared.is_part = inner, inner.is_part
        return prepared

    def read(
        self, path: Union[str, "os.PathLike[str]"], report: Optional[CorpusReport] = None
    ) -> Iterator[Document]:
        report = CorpusReport() if report is None else report
        inner = CorpusReport(on_unread=report.on_unread, is_shown=report.is_shown)
        lost_before = sum(report.lost.values())
        documents = 0
        try:
            for document in self._documents(os.fspath(path), inner):
                documents += 1
                report.add(document)
                yield document
        finally:
            report.add_losses(inner)
        if not documents and not self.is_part:
            lost = sum(report.lost.values()) - lost_before
            require_documents(os.fspath(path), lost, report, "no document is left")

    def _documents(self, path: str, report: CorpusReport) -> Iterator[Document]:
        raise NotImplementedError
