"""The project's own format, which is also the format of predictions: one document per line."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, Mapping

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.formats.annotated import annotated_documents
from bio_ie.data.shards.annotated_folder import is_annotated_folder
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.failures import FAILED_PREDICTION
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json
from bio_ie.text.document import Document, DocumentError
from bio_ie.text.titled_text import TITLE_AND_ABSTRACT, titled_text

_FIELDS = {field.name for field in fields(Document)} | {"schema_version"}


@CorpusFormat.register("jsonl")
class JsonlFormat(CorpusFormat):
    """Reads and writes one `Document.to_json` object per line. It holds everything that a
    `Document` holds.

    Registered as a `CorpusFormat` with name "jsonl". A line of the `document` predictor that
    reports a failure (`{"id": ..., "error": ...}`) is not a document; reading it is an error (see
    `on_error`).

    A line with `title`, `abstract`, or both in place of `text` is read as well. The title and the
    abstract become passages, and fields that a document does not have become metadata.

    A folder that `bio-ie annotate` has written is read as the format `annotated` reads it.
    """

    writable = True

    def _read(self, source: Source) -> Iterator[Document]:
        if is_annotated_folder(source.path):
            yield from annotated_documents(source)
            return
        # `parse_json` finds bytes that are not valid UTF-8, so that they only spoil their line.
        for line in source.lines(errors="surrogateescape"):
            if not line.strip():
                continue
            try:
                value = parse_json(line)
            except ValueError as error:
                source.problem("line is not valid JSON", str(error))
                continue
            if isinstance(value, dict) and "error" in value and "text" not in value:
                source.problem(FAILED_PREDICTION, str(value["error"]))
                continue
            try:
                document = Document.from_json(_with_text(value))
            except DocumentError as error:
                source.problem("not a document", error.reason, document_id=error.document_id)
                continue
            yield document

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        with atomic_writer(path) as file:
            for document in documents:
                file.write(json.dumps(document.to_json(), ensure_ascii=False) + "\n")


def _with_text(value: Any) -> Any:
    """Turns an object with a title or an abstract in place of a text into the JSON form of a
    document. Any other value is not changed."""
    if not isinstance(value, Mapping) or "text" in value:
        return value
    if all(value.get(part) is None for part in TITLE_AND_ABSTRACT):
        return value
    document_id = value.get("id")
    if isinstance(document_id, int) and not isinstance(document_id, bool):
        document_id = str(document_id)
    known: Dict[str, Any] = {key: part for key, part in value.items() if key in _FIELDS}
    more = {
        key: part
        for key, part in value.items()
        if key not in _FIELDS and key not in TITLE_AND_ABSTRACT
    }
    metadata = known.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise DocumentError(str(document_id), "'metadata' must be an object")
    known.update(titled_text(str(document_id), value))
    return {**known, "id": document_id, "metadata": {**more, **metadata}}
