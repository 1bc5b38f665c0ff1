"""The base class of the file formats of shards."""

from pathlib import Path
from typing import Iterator, Sequence

from allennlp.common import Registrable

from bio_ie.text.document import Document

STEP = "step"
"""The key of the metadata of mentions, relations and facts that says which step of a pipeline gave
them."""


class ShardFormat(Registrable):
    """Writes the documents of a shard into a folder, and reads them back. Everything that a
    document holds is kept. The same documents give the same bytes."""

    default_implementation = "jsonl"

    def write(self, documents: Sequence[Document], folder: Path) -> None:
        """Writes the documents into an empty folder."""
        raise NotImplementedError

    def read(self, folder: Path) -> Iterator[Document]:
        """The documents of a folder, in the order in which they were written.

        Raises `CorpusError` for files that are damaged.
        """
        raise NotImplementedError
