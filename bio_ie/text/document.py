"""The data model: a text with mentions, relations between mentions, and facts between concepts.

Every corpus format is read into a `Document` and every model predicts a `Document`, so any format
can be combined with any task and system. Offsets are character offsets into `Document.text`, end
exclusive.
"""

import importlib
from dataclasses import dataclass, field, fields, replace
from typing import AbstractSet, Any, Dict, Mapping, Tuple

from bio_ie.text.annotations import DocumentError, Fact, Mention, Passage, Relation, Span
from bio_ie.text.counted import counted
from bio_ie.text.json_items import JsonReader, item_to_json

__all__ = [
    "SCHEMA_VERSION",
    "Document",
    "DocumentError",
    "Fact",
    "Mention",
    "Passage",
    "Relation",
    "Span",
]

SCHEMA_VERSION = 1
"""Version of the JSON form. It stays the same when fields are added, and increases when the meaning
of a field changes."""

_LISTS = frozenset(("passages", "sentences", "tokens", "mentions", "relations", "facts"))
"""Fields of a document that are tuples."""


@dataclass(frozen=True)
class Document:
    """A text with its annotations. The constructor validates it and raises `DocumentError` for a
    contradiction.

    # Parameters

    id : `str`
    text : `str`
    passages : `Tuple[Passage, ...]`
        Parts of the text with a role, in text order, not overlapping.
    sentences, tokens : `Tuple[Span, ...]`
        The segmentation that the corpus gives, in text order, not overlapping; empty if the corpus
        gives none.
    mentions : `Tuple[Mention, ...]`
        Mentions may nest and overlap. Their ids are unique.
    relations : `Tuple[Relation, ...]`
        Every head and tail is the id of one of the `mentions`.
    facts : `Tuple[Fact, ...]`
    metadata : `Dict[str, Any]`
        Information of a format that has no other place here; JSON values only.
    """

    id: str
    text: str
    passages: Tuple[Passage, ...] = ()
    sentences: Tuple[Span, ...] = ()
    tokens: Tuple[Span, ...] = ()
    mentions: Tuple[Mention, ...] = ()
    relations: Tuple[Relation, ...] = ()
    facts: Tuple[Fact, ...] = ()
    metadata: Dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._validate({field_.name for field_ in fields(self)})

    def _validate(self, new: AbstractSet[str]) -> None:
        """Checks the fields with these names, and puts them into their normal form."""
        for name in _LISTS & new:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if "passages" in new:
            spans = [(passage.start, passage.end) for passage in self.passages]
            self._check_layer("passage", spans)
        if "sentences" in new:
            self._check_layer("sentence", self.sentences)
        if "tokens" in new:
            self._check_layer("token", self.tokens)
        if new & {"mentions", "relations"} and (self.mentions or self.relations):
            order: Dict[str, Tuple[int, int, int]] = {}
            for index, mention in enumerate(self.mentions):
                if "mentions" in new:
                    self.check_mention(mention)
                if mention.id in order:
                    raise DocumentError(self.id, f"mention id {mention.id!r} is used twice")
                order[mention.id] = (mention.start, mention.end, index)
            relations = tuple(self._canonical(relation, order) for relation in self.relations)
            object.__setattr__(self, "relations", relations)

    def text_of(self, mention: Mention) -> str:
        """The text of a mention. The parts of a discontinuous mention are joined by a space."""
        return " ".join(self.text[start:end] for start, end in mention.fragments or (mention.span,))

    def mention_by_id(self) -> Dict[str, Mention]:
        return {mention.id: mention for mention in self.mentions}

    def without_annotations(self) -> "Document":
        """The document without mentions, relations and facts: the input of a prediction."""
        return self.with_changes(mentions=(), relations=(), facts=())

    def with_changes(self, **changes: Any) -> "Document":
        """The document with other values for some fields, like `dataclasses.replace`. Only what is
        new is validated: a document that passes through many hands is checked once.

        # Parameters

        changes : `Any`
            Fields of the document by name; not `text`, which all offsets depend on.

        Raises `DocumentError` if the new values contradict the document.
        """
        unknown = changes.keys() - {field_.name for field_ in fields(self)} | changes.keys() & {
            "text"
        }
        if unknown:
            raise TypeError(f"a document cannot be given another {', '.join(sorted(unknown))}")
        document = object.__new__(Document)
        for field_ in fields(self):
            value = changes.get(field_.name, getattr(self, field_.name))
            object.__setattr__(document, field_.name, value)
        document._validate(changes.keys())
        return document

    def to_json(self) -> Dict[str, Any]:
        """The JSON form. Empty and unset fields are left out. Each mention also has its `text`."""
        result: Dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "id": self.id,
            "text": self.text,
        }
        for name in ("sentences", "tokens"):
            if getattr(self, name):
                result[name] = [list(span) for span in getattr(self, name)]
        for name in ("passages", "mentions", "relations", "facts"):
            if getattr(self, name):
                result[name] = [item_to_json(item) for item in getattr(self, name)]
        for mention, item in zip(self.mentions, result.get("mentions", ()), strict=True):
            item["text"] = self.text_of(mention)
        if self.metadata:
            result["metadata"] = self.metadata
        return result

    def to_dict(self) -> Dict[str, Any]:
        """The JSON form; see `to_json`."""
        return self.to_json()

    @classmethod
    def from_dict(cls, value: Any) -> "Document":
        """The document of a JSON form; see `from_json`."""
        return cls.from_json(value)

    def _repr_html_(self) -> str:
        """What a notebook shows of the document: its text with its annotations."""
        # What shows documents stands on documents, so it is known here by its name alone.
        rendering: Any = importlib.import_module("bio_ie.rendering.notebook")
        return rendering.document_html(self)

    @classmethod
    def from_json(cls, value: Any) -> "Document":
        """The document of a JSON form: the inverse of `to_json`.

        Raises `DocumentError` for an unknown field of the document, and for a mention whose `text`
        is given and differs from the text at its offsets.
        """
        if not isinstance(value, Mapping):
            raise DocumentError("?", f"expected a JSON object, got {type(value).__name__}")
        identifier = value.get("id", "?")
        if not isinstance(identifier, str):
            raise DocumentError(str(identifier), "'id' must be a string")
        version = value.get("schema_version", SCHEMA_VERSION)
        if version != SCHEMA_VERSION:
            raise DocumentError(identifier, f"schema version {version!r} is not {SCHEMA_VERSION}")
        unknown = set(value) - {field_.name for field_ in fields(cls)} - {"schema_version"}
        if unknown:
            raise DocumentError(identifier, f"unknown fields {sorted(map(str, unknown))}")
        if "id" not in value or not isinstance(value.get("text"), str):
            raise DocumentError(identifier, "'id' and 'text' are required strings")
        if not isinstance(value.get("metadata", {}), Mapping):
            raise DocumentError(identifier, "'metadata' must be an object")
        reader = JsonReader(identifier)
        document = cls(
            id=identifier,
            text=value["text"],
            passages=reader.items(value, "passages", Passage),
            sentences=reader.spans(value, "sentences"),
            tokens=reader.spans(value, "tokens"),
            mentions=reader.items(value, "mentions", Mention),
            relations=reader.items(value, "relations", Relation),
            facts=reader.items(value, "facts", Fact),
            metadata=dict(value.get("metadata", {})),
        )
        for mention, item in zip(document.mentions, value.get("mentions", ()), strict=True):
            expected = item.get("text")
            if expected is not None and expected != document.text_of(mention):
                raise DocumentError(
                    identifier,
                    f"mention {mention.id!r} says {expected!r} but the text at "
                    f"{mention.start}-{mention.end} is {document.text_of(mention)!r}",
                )
        return document

    def _check_span(self, what: str, start: int, end: int) -> None:
        if not 0 <= start < end <= len(self.text):
            raise DocumentError(
                self.id,
                f"{what} has offsets {start}-{end}, which are "
                + (
                    "reversed or empty"
                    if start >= end
                    else f"outside the text of {counted(len(self.text), 'character')}"
                ),
            )

    def _check_layer(self, what: str, spans: Any) -> None:
        previous_end = 0
        for start, end in spans:
            self._check_span(what, start, end)
            if start < previous_end:
                raise DocumentError(self.id, f"{what} at {start}-{end} overlaps the one before it")
            previous_end = end

    def check_mention(self, mention: Mention) -> None:
        """Raises `DocumentError` unless `mention` fits the text.

        A parser can call this to leave out one bad mention instead of the whole document.
        """
        self._check_span(f"mention {mention.id!r}", mention.start, mention.end)
        if not mention.fragments:
            return
        previous_end = mention.start
        for start, end in mention.fragments:
            self._check_span(f"fragment of mention {mention.id!r}", start, end)
            if start < previous_end:
                raise DocumentError(
                    self.id, f"fragments of mention {mention.id!r} overlap or are out of order"
                )
            previous_end = end
        hull = (mention.fragments[0][0], mention.fragments[-1][1])
        if len(mention.fragments) < 2 or hull != mention.span:
            raise DocumentError(
                self.id,
                f"mention {mention.id!r} at {mention.start}-{mention.end} needs two or more "
                "fragments that begin and end where it does",
            )

    def _canonical(self, relation: Relation, order: Mapping[str, Any]) -> Relation:
        for role, argument in (("head", relation.head), ("tail", relation.tail)):
            if argument not in order:
                raise DocumentError(
                    self.id,
                    f"{role} {argument!r} of a {relation.type!r} relation is not a mention",
                )
        if not relation.directed and order[relation.tail] < order[relation.head]:
            return replace(relation, head=relation.tail, tail=relation.head)
        return relation
