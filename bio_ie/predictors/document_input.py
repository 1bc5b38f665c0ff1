"""The JSON objects that users may give as input for prediction."""

from dataclasses import fields
from typing import Any, Dict, List, Mapping

from bio_ie.text.document import Document, DocumentError, Span
from bio_ie.text.titled_text import TITLE_AND_ABSTRACT, titled_text

_KNOWN = {field.name for field in fields(Document)} | {"schema_version"}
_HOLD_TEXT = {"text", "tokens"}
_PASSAGES = set(TITLE_AND_ABSTRACT)
_ANNOTATIONS = ("mentions", "relations", "facts")


def inputs_of(value: Any) -> List[Any]:
    """The inputs in one JSON value: an object, a list of tokens and a text are one input each, a
    list of other things or of texts with white space has one for each of its members."""
    are_tokens = isinstance(value, list) and all(
        isinstance(part, str) and len(part.split()) < 2 for part in value
    )
    return value if isinstance(value, list) and not are_tokens else [value]


def as_object(value: Any) -> Any:
    """The object for an input that is a list of tokens or a text; other values as they are."""
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list) and all(isinstance(token, str) for token in value):
        return {"tokens": value}
    return value


def document_from_input(value: Any, default_id: str, with_mentions: bool = False) -> Document:
    """Makes a document from a JSON object, which has one of four forms:

    * `{"text": "..."}`: a text of any length, which is split into sentences and tokenised;
    * `{"tokens": ["...", ...]}`: one sentence that is already tokenised. Its text is the tokens
      joined by spaces, or `text` if that is given too and holds the tokens in order;
    * `{"title": "...", "abstract": "..."}`, or only one of the two. The text is both with a space
      between them, as in PubTator's format;
    * a `Document` as this package writes it. Its annotations are not read, even if they are not
      valid.

    `id` is optional. It is a string or a whole number. Any other fields go to the document's
    metadata.

    # Parameters

    value : `Any`
        Parsed JSON.
    default_id : `str`
        The id of a document whose object has no `id`.
    with_mentions : `bool`, optional (default = `False`)
        Read the mentions of a `Document`, for a model that needs them.

    Raises `DocumentError` (a `ValueError`) when the object has none of the four forms.
    """
    if not isinstance(value, Mapping):
        raise DocumentError(default_id, f"expected an object, got {type(value).__name__}")
    identifier = value.get("id")
    if identifier is None:
        identifier = default_id
    if not isinstance(identifier, (str, int)):
        raise DocumentError(default_id, "'id' must be a string or a whole number")
    identifier = str(identifier)
    metadata = value.get("metadata")
    if not isinstance(metadata, (Mapping, type(None))):
        raise DocumentError(identifier, "'metadata' must be an object")
    unused = _KNOWN if _HOLD_TEXT & value.keys() else _KNOWN | _PASSAGES
    extra = {key: part for key, part in value.items() if key not in unused}
    unread = _ANNOTATIONS[1:] if with_mentions else _ANNOTATIONS
    document: Dict[str, Any] = {
        **{key: part for key, part in value.items() if key in _KNOWN and key not in unread},
        "id": identifier,
        "metadata": {**extra, **(metadata or {})},
    }
    if not _HOLD_TEXT & value.keys() and _PASSAGES & value.keys():
        document.update(titled_text(identifier, value))
    tokens = value.get("tokens")
    if isinstance(tokens, list) and any(isinstance(token, str) for token in tokens):
        if not all(isinstance(token, str) and token.strip() for token in tokens):
            raise DocumentError(identifier, "'tokens' must be strings that are not blank")
        document["text"] = value.get("text", " ".join(tokens))
        document["tokens"] = _token_spans(identifier, document["text"], tokens)
    if not isinstance(document.get("text"), str):
        raise DocumentError(
            identifier, "needs a string 'text', a list of strings 'tokens', or a 'title'"
        )
    return Document.from_json(document)


def _token_spans(identifier: str, text: Any, tokens: List[str]) -> List[Span]:
    if not isinstance(text, str):
        raise DocumentError(identifier, "'text' must be a string")
    spans = []
    position = 0
    for token in tokens:
        start = text.find(token, position)
        if start < 0:
            raise DocumentError(identifier, f"token {token!r} is not where the text should have it")
        position = start + len(token)
        spans.append((start, position))
    return spans
