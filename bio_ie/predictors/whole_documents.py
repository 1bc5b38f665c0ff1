"""What AllenNLP's command reads when it is told to use the reader of a document predictor."""

from functools import partial
from typing import Any, Iterator

from bio_ie.data.dataset_readers.document_reader import CorpusPath, DocumentReader
from bio_ie.files.failures import DocumentOrFailure, read_with_failures


class WholeDocuments:
    """A reader for AllenNLP's predict command that gives documents instead of instances."""

    def __init__(self, reader: DocumentReader[Any]) -> None:
        self._reader = reader

    def read(self, file_path: CorpusPath) -> Iterator[DocumentOrFailure]:
        return read_with_failures(partial(self._reader.read_documents, file_path))
