"""The annotations of a document, and the error of a document that contradicts itself."""

from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Tuple

Span = Tuple[int, int]
"""Character offsets, end exclusive."""


class DocumentError(ValueError):
    """Raised for a document that contradicts itself. The message names the document and the
    reason."""

    def __init__(self, document_id: str, reason: str) -> None:
        super().__init__(f"document {document_id!r}: {reason}")
        self.document_id = document_id
        self.reason = reason

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.document_id, self.reason)


@dataclass(frozen=True)
class Passage:
    """A stretch of a document with a role, such as `title` or `abstract`."""

    type: str
    start: int
    end: int
    metadata: Optional[Dict[str, Any]] = field(default=None, hash=False)


@dataclass(frozen=True)
class Mention:
    """A stretch of text that names something.

    # Parameters

    id : `str`
        Unique within its document.
    start, end : `int`
        Character offsets, end exclusive. A discontinuous mention starts where its first fragment
        starts and ends where its last fragment ends.
    type : `str`
        The entity or semantic type.
    concept_ids : `Tuple[str, ...]`
        Ids in a knowledge base. A composite mention has several. The tuple is empty if the mention
        has no id.
    entity_id : `str`, optional
        Mentions that corefer share this id (a BioRelEx cluster).
    fragments : `Tuple[Span, ...]`
        The two or more parts of a discontinuous mention, in text order; empty for other mentions.
    score : `float`, optional
        Probability given by a model; `None` for an annotation.
    metadata : `Dict[str, Any]`, optional
        Information of a format that has no other place here; JSON values only.
    """

    id: str
    start: int
    end: int
    type: str
    concept_ids: Tuple[str, ...] = ()
    entity_id: Optional[str] = None
    fragments: Tuple[Span, ...] = ()
    score: Optional[float] = None
    metadata: Optional[Dict[str, Any]] = field(default=None, hash=False)

    @property
    def span(self) -> Span:
        return self.start, self.end


@dataclass(frozen=True)
class Relation:
    """A typed relation between two mentions. `head` and `tail` are the ids of the mentions.

    An undirected relation always has the earlier mention as its `head`.
    """

    type: str
    head: str
    tail: str
    score: Optional[float] = None
    directed: bool = True
    metadata: Optional[Dict[str, Any]] = field(default=None, hash=False)


@dataclass(frozen=True)
class Fact:
    """A document-level relation between two concept ids, `(e1, r, e2)` of distant supervision."""

    type: str
    head: str
    tail: str
    score: Optional[float] = None
    metadata: Optional[Dict[str, Any]] = field(default=None, hash=False)
