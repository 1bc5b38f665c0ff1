"""Shards as JSON lines."""

import gzip
import io
import json
import zlib
from pathlib import Path
from typing import Iterator, Sequence

from bio_ie.data.shards.shard_format import ShardFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.strict_json import parse_json
from bio_ie.text.document import Document, DocumentError

NAME = "documents.jsonl.gz"

# On abstracts, higher levels take several times as long and save less than a tenth.
_LEVEL = 6


@ShardFormat.register("jsonl")
class JsonlShards(ShardFormat):
    """One document per line, in the corpus format `jsonl`, compressed by gzip.

    Registered as a `ShardFormat` with name "jsonl".
    """

    def write(self, documents: Sequence[Document], folder: Path) -> None:
        # Without a name and a time, the same documents give the same bytes.
        with (
            open(folder / NAME, "wb") as raw,
            gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as compressed,
            io.TextIOWrapper(compressed, encoding="utf-8", newline="\n") as file,
        ):
            for document in documents:
                file.write(json.dumps(document.to_json(), ensure_ascii=False) + "\n")

    def read(self, folder: Path) -> Iterator[Document]:
        path = folder / NAME
        number = 0
        try:
            with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    number += 1
                    yield Document.from_json(parse_json(line))
        except (OSError, EOFError, zlib.error, DocumentError, ValueError) as error:
            raise CorpusError(
                f"the shard is damaged: {error}", str(path), number or None
            ) from error
