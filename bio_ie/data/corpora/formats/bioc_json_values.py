"""The JSON of BioC with all keys: published files leave out what is empty."""

from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from bio_ie.files.bad_items import BadItem, as_object
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json

DOCUMENT_LISTS = ("documents", "PubTator3")
"""The keys of the list of documents: in a collection, and in the export of PubTator 3."""

_PARTS: Mapping[str, Mapping[str, str]] = {
    "document": {"passages": "passage", "annotations": "annotation", "relations": "relation"},
    "passage": {"sentences": "sentence", "annotations": "annotation", "relations": "relation"},
    "sentence": {"annotations": "annotation", "relations": "relation"},
    "annotation": {"locations": "location"},
    "relation": {"nodes": "node"},
}
"""The lists that each kind of object may have, and what they hold."""

_OTHERS: Mapping[str, Mapping[str, Any]] = {
    "document": {"infons": {}},
    "passage": {"infons": {}, "text": None, "offset": None},
    "sentence": {"infons": {}, "text": None, "offset": None},
    "annotation": {"id": None, "infons": {}, "text": None},
    "relation": {"id": "", "infons": {}},
    "location": {"offset": None, "length": None},
    "node": {"refid": None, "role": ""},
}
"""The other keys that `bioc` asks for, and what their absence means. `BiocReader` names the items
that lack an offset, a length or a `refid`, which must not be absent."""

_OF_BIOC = {"bioctype", "id", "infons", "passages", "annotations", "relations"}
_IDS = ("id", "pmid", "pmcid")
_DERIVED = ("_id", "relations_display")
"""Keys of PubTator's documents that only say in another way what other keys say."""


def read_document_values(source: Source) -> Iterator[Tuple[Optional[int], Any]]:
    """The documents of a BioC JSON file as JSON values, each with its line if the file has one
    value per line.

    A file, or a line of it, is a collection, an export of PubTator 3 (`{"PubTator3": [...]}`), one
    document, or a list of any of these. What is none of them goes to `source.problem`.
    """
    content = source.text()
    try:
        values: List[Tuple[Optional[int], Any]] = [(None, parse_json(content))]
    except ValueError as error:
        lines = [(n, line) for n, line in enumerate(content.split("\n"), 1) if line.strip()]
        if not _are_values(lines):
            line_number = getattr(error, "lineno", None)
            raise source.error(f"not valid JSON: {error}", line_number) from error
        values = list(_parsed(lines, source))
    for line_number, value in values:
        for document in _documents(value, line_number, source):
            yield line_number, document


def _are_values(lines: List[Tuple[int, str]]) -> bool:
    """Whether one of the first lines is a document or a collection by itself."""
    for _, line in lines[:20] if len(lines) > 1 else ():
        try:
            value = parse_json(line)
        except ValueError:
            continue
        if isinstance(value, dict) and ("passages" in value or _list_of(value) is not None):
            return True
    return False


def _parsed(lines: List[Tuple[int, str]], source: Source) -> Iterator[Tuple[int, Any]]:
    for number, line in lines:
        try:
            yield number, parse_json(line)
        except ValueError as error:
            source.problem("line is not valid JSON", str(error), number)


def _documents(value: Any, line: Optional[int], source: Source) -> Iterator[Any]:
    for item in value if isinstance(value, list) else [value]:
        key = _list_of(item) if isinstance(item, dict) else None
        documents = item[key] if key is not None else None
        if isinstance(documents, list):
            yield from documents
        elif key is None and isinstance(item, dict) and ("passages" in item or "id" in item):
            yield item
        elif key is None or documents is not None:
            source.problem(
                "neither a BioC collection nor a document",
                "no list of 'documents' and no 'passages'",
                line,
            )


def _list_of(value: Mapping[str, Any]) -> Optional[str]:
    return next((key for key in DOCUMENT_LISTS if key in value), None)


def complete_document(value: Any) -> Dict[str, Any]:
    """A JSON document with every key that `bioc` asks for. A key that is null counts as absent.

    The id may stand under `pmid` or `pmcid`. Keys that are not BioC's become infons of the
    document.

    Raises `BadItem` for a document without an id, and for a part that is not an object.
    """
    document = _complete(value, "document")
    id_key = next((key for key in _IDS if document.get(key) is not None), "id")
    document["id"] = document.get(id_key)
    more = {
        key: part
        for key, part in document.items()
        if key not in _OF_BIOC and key not in _DERIVED and part not in (None, {}, [])
    }
    if more and isinstance(document["infons"], dict):
        document["infons"] = {**more, **document["infons"]}
    return document


def _complete(value: Any, kind: str) -> Dict[str, Any]:
    item = dict(as_object(value, f"a {kind}" if kind != "annotation" else "an annotation"))
    for key, default in _OTHERS.get(kind, {}).items():
        if item.get(key) is None:
            item[key] = default
    for key, part in _PARTS.get(kind, {}).items():
        parts = item.get(key)
        if parts is not None and not isinstance(parts, list):
            raise BadItem(f"{key!r} must be a list")
        item[key] = [_complete(one, part) for one in parts or ()]
    return item
