"""The parts of a document as JSON, and back."""

import sys
from dataclasses import fields
from typing import Any, Dict, List, Mapping, Tuple

from bio_ie.text.annotations import DocumentError, Mention, Span


def item_to_json(item: Any) -> Dict[str, Any]:
    result: Dict[str, Any] = {}
    for field_ in fields(item):
        value = getattr(item, field_.name)
        if field_.name == "directed" and value:
            continue
        if value is None or value == ():
            continue
        if isinstance(value, tuple):
            value = [list(part) if isinstance(part, tuple) else part for part in value]
        result[field_.name] = value
    return result


class JsonReader:
    """Turns JSON lists into the parts of one document. Its errors name the document."""

    TYPES = {
        "id": str, "type": str, "head": str, "tail": str, "start": int, "end": int,
        "entity_id": str, "score": (int, float), "directed": bool, "text": str,
    }  # fmt: skip

    OPTIONAL = ("entity_id", "score", "metadata")
    """Fields that may be null."""

    def __init__(self, document_id: str) -> None:
        self.document_id = document_id

    def _list(self, value: Mapping[str, Any], name: str) -> List[Any]:
        items = value.get(name, [])
        if not isinstance(items, (list, tuple)):
            raise DocumentError(self.document_id, f"{name!r} must be a list")
        return list(items)

    def spans(self, value: Mapping[str, Any], name: str) -> Tuple[Span, ...]:
        return tuple(self._span(item, name) for item in self._list(value, name))

    def _span(self, item: Any, name: str) -> Span:
        if (
            not isinstance(item, (list, tuple))
            or len(item) != 2
            or not all(type(offset) is int for offset in item)
        ):
            raise DocumentError(self.document_id, f"{name!r} has {item!r}, not [start, end]")
        return item[0], item[1]

    def items(self, value: Mapping[str, Any], name: str, kind: Any) -> Tuple[Any, ...]:
        return tuple(self._item(item, name, kind) for item in self._list(value, name))

    def _item(self, item: Any, name: str, kind: Any) -> Any:
        if not isinstance(item, Mapping):
            raise DocumentError(self.document_id, f"{name!r} has {item!r}, not an object")
        known = {field_.name for field_ in fields(kind)}
        arguments: Dict[str, Any] = {}
        for key, part in item.items():
            if key == "text" and kind is Mention:
                continue
            if key not in known:
                raise DocumentError(self.document_id, f"{name!r} has an unknown field {key!r}")
            if part is None and key in self.OPTIONAL:
                continue
            if key == "concept_ids":
                if not isinstance(part, (list, tuple)) or not all(
                    isinstance(concept_id, str) for concept_id in part
                ):
                    raise DocumentError(self.document_id, "'concept_ids' must be strings")
                part = tuple(part)
            elif key == "fragments":
                part = self.spans(item, "fragments")
            elif key == "metadata":
                if not isinstance(part, Mapping):
                    raise DocumentError(self.document_id, "'metadata' must be an object")
                part = dict(part)
            elif not isinstance(part, self.TYPES[key]) or (  # type: ignore[arg-type]
                (isinstance(part, bool) and key != "directed")
                # `<=` is false for NaN, and for an int that is larger than any float.
                or (key == "score" and not abs(part) <= sys.float_info.max)
            ):
                raise DocumentError(self.document_id, f"{name!r} has {key} {part!r}")
            arguments[key] = part
        try:
            return kind(**arguments)
        except TypeError as error:
            raise DocumentError(self.document_id, f"{name!r}: {error}") from error
