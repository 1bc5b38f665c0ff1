"""Texts that are given as a title and an abstract."""

from typing import Any, Dict, List, Mapping

from bio_ie.text.document import DocumentError

TITLE_AND_ABSTRACT = ("title", "abstract")


def titled_text(document_id: str, value: Mapping[str, Any]) -> Dict[str, Any]:
    """`text` and `passages`, in the JSON form of a `Document`, of the `title` and the `abstract` of
    `value`, either of which may be missing, null or empty; nothing if both are missing or null. A
    space is between them, so that offsets are those of PubTator's files.

    Raises `DocumentError` if one of them is not a string.
    """
    parts = {name: value[name] for name in TITLE_AND_ABSTRACT if value.get(name) is not None}
    text = ""
    passages: List[Dict[str, Any]] = []
    for name, part in parts.items():
        if not isinstance(part, str):
            raise DocumentError(document_id, f"{name!r} must be a string")
        if part:
            text += " " if passages else ""
            passages.append({"type": name, "start": len(text), "end": len(text) + len(part)})
            text += part
    return {"text": text, "passages": passages} if parts else {}
