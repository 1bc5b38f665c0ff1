"""What a source says, one small statement after the other, so that no source has to hold a concept
in memory and files that are apart (names, definitions, types) can be read one by one.

Ids are written as `concept_ids.normalize_id` has them.
"""

from typing import NamedTuple, Tuple, Union

ALIAS = 100
"""The rank of a name that is not the preferred one."""

REFERENCE = 1000
"""The rank of a name with which a source refers to a concept of another vocabulary: whichever
concept has the id, as its own or as an alternate one, is meant. There is a new concept only if
none has."""


class ConceptName(NamedTuple):
    """A concept and one of its names. The name of lowest rank is the preferred one, and of those
    with the same rank the first. Whoever has a name exists; other statements alone make no
    concept."""

    concept: str
    name: str
    rank: int = ALIAS


class Definition(NamedTuple):
    """The first definition of a concept is kept."""

    concept: str
    text: str


class ConceptType(NamedTuple):
    """A concept has a semantic type."""

    concept: str
    type: str


class AlternateId(NamedTuple):
    """Another id under which a concept is known."""

    concept: str
    id: str


class ConceptRelation(NamedTuple):
    """`head` stands in the relation `type` to `tail`: `(seizure, is_a, abnormality)`.

    `documents` are the references that say so, PubMed ids as bare numbers. If there are any, and
    all of them are excluded from the knowledge base, so is the relation.
    """

    head: str
    type: str
    tail: str
    documents: Tuple[str, ...] = ()


class TypeName(NamedTuple):
    """What a semantic type is called, where its id does not say it."""

    type: str
    name: str


class TypeRelation(NamedTuple):
    """A relation between semantic types, such as UMLS's Semantic Network has."""

    head: str
    type: str
    tail: str


class InverseRelation(NamedTuple):
    """The source itself has a name for the other direction of a relation: `isa` and `inverse_isa`.
    A symmetric relation is its own inverse."""

    type: str
    inverse: str


Statement = Union[
    ConceptName,
    Definition,
    ConceptType,
    AlternateId,
    ConceptRelation,
    TypeName,
    TypeRelation,
    InverseRelation,
]
