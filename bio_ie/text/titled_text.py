"""Texts that are given as a title and an abstract."""

from typing import Any, Dict, List, Mapping

from bio_ie.text.document import DocumentError

TITLE_AND_ABSTRACT = ("title", "abstract")


def titled_text(document_id: str, value: Mapping[str, Any]) -> Dict[str, Any]:
    """Joins the `title` and the `abstract` of `value` to a text with two passages.

    Either of them may be missing, null or empty. One space separates them, so that offsets are the
    same as in PubTator's files.

    # Returns

    `Dict[str, Any]`
        `text` and `passages` in the JSON form of a `Document`; empty if title and abstract are both
        missing or null.

    Raises `DocumentError` if the title or the abstract is not a string.
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
