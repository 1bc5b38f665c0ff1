"""Failures of single documents, so that the other documents can be processed."""

from collections import deque
from dataclasses import dataclass
from typing import Any, Callable, Deque, Dict, Iterable, Iterator, Optional, Union

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document


@dataclass(frozen=True)
class Failure:
    """A document that could not be read or predicted, and why.

    # Parameters

    id : `str`, optional
        `None` if not even the document's id could be read. The error then says where in the input
        the document is.
    error : `str`
    """

    id: Optional[str]
    error: str

    def to_json(self) -> Dict[str, Any]:
        return {"id": self.id, "error": self.error}


FAILED_PREDICTION = "prediction failed for this document"
"""The reason by which documents are counted as lost whose prediction failed."""

DocumentOrFailure = Union[Document, Failure]


def read_with_failures(
    read: Callable[[CorpusReport], Iterable[Document]],
) -> Iterator[DocumentOrFailure]:
    """The documents of a corpus, and a `Failure` in the place of each document that cannot be read.

    Bad annotations of a document whose text is fine only cause a warning at the end, because a
    prediction replaces the annotations. An error that ends the reading, such as a broken gzip file,
    is the last `Failure`.

    # Parameters

    read : `Callable`
        Reads the corpus, given a report.

    Raises `CorpusError` for a corpus that does not exist or is empty.
    """
    unread: Deque[Failure] = deque()

    def take(error: CorpusError) -> None:
        unread.append(Failure(error.document_id, str(error)))

    is_begun = False
    try:
        for document in read(CorpusReport(on_unread=take)):
            while unread:
                yield unread.popleft()
            yield document
            is_begun = True
    except CorpusError as error:
        if not is_begun and not unread:
            raise
        take(error)
    yield from unread
