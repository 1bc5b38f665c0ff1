"""What a user may write as one JSON line to predict from."""

from dataclasses import fields
from typing import Any, Mapping

from bio_ie.data.document import Document, DocumentError


def document_from_input(value: Any, default_id: str) -> Document:
    """A document from a JSON object in one of three forms:

    * `{"text": "..."}`: any length; it will be split into sentences and tokenised;
    * `{"tokens": ["...", ...]}`: one sentence, as tokenised; its text is the tokens joined by
      a space, or `text` if that is given too and holds the tokens in order;
    * a `Document` as this package writes it.

    `id` is optional; fields that are none of these go to the document's metadata.

    Raises `DocumentError` (a `ValueError`) when the object is none of the three.
    """
    if not isinstance(value, Mapping):
        raise DocumentError(default_id, f"expected an object, got {type(value).__name__}")
    identifier = str(value.get("id", default_id))
    known = {field.name for field in fields(Document)} | {"schema_version"}
    document = {key: part for key, part in value.items() if key in known}
    extra = {key: part for key, part in value.items() if key not in known}
    document["id"] = identifier
    if extra:
        document["metadata"] = {**extra, **dict(value.get("metadata") or {})}

    tokens = value.get("tokens")
    if isinstance(tokens, list) and any(isinstance(token, str) for token in tokens):
        if not all(isinstance(token, str) and token.strip() for token in tokens):
            raise DocumentError(identifier, "'tokens' must be strings that are not blank")
        text = value.get("text", " ".join(tokens))
        document["text"] = text
        document["tokens"] = _token_spans(identifier, text, tokens)
    if not isinstance(document.get("text"), str):
        raise DocumentError(identifier, "needs a string 'text' or a list of strings 'tokens'")
    return Document.from_json(document)


def _token_spans(identifier: str, text: Any, tokens: Any) -> Any:
    if not isinstance(text, str):
        raise DocumentError(identifier, "'text' must be a string")
    spans = []
    position = 0
    for token in tokens:
        start = text.find(token, position)
        if start < 0:
            raise DocumentError(identifier, f"token {token!r} is not where the text should have it")
        position = start + len(token)
        spans.append([start, position])
    return spans
