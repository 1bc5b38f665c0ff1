"""The project's own format, which is the format of predictions too: one document a line."""

import json
from pathlib import Path
from typing import Iterable, Iterator

from bio_ie.data.corpora.corpus_format import CorpusFormat, CorpusReport, Source, atomic_writer
from bio_ie.data.corpora.source import parse_json
from bio_ie.data.document import Document, DocumentError


@CorpusFormat.register("jsonl")
class JsonlFormat(CorpusFormat):
    """One `Document.to_json` object a line; holds everything a `Document` holds.

    Registered as a `CorpusFormat` with name "jsonl". A line of the `document` predictor that
    reports a failure (`{"id": ..., "error": ...}`) is no document: it is a problem when read.
    """

    writable = True

    def _read(self, source: Source) -> Iterator[Document]:
        # Bytes that are no text spoil their line only: parse_json finds them.
        for line in source.lines(errors="surrogateescape"):
            if not line.strip():
                continue
            try:
                value = parse_json(line)
            except ValueError as error:
                source.problem("line is not valid JSON", str(error))
                continue
            if isinstance(value, dict) and "error" in value and "text" not in value:
                source.problem("prediction failed for this document", str(value["error"]))
                continue
            try:
                document = Document.from_json(value)
            except DocumentError as error:
                source.problem("not a document", error.reason, document_id=error.document_id)
                continue
            yield document

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        with atomic_writer(path) as file:
            for document in documents:
                file.write(json.dumps(document.to_json(), ensure_ascii=False) + "\n")
