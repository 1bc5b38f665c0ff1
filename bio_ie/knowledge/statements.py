"""The statements that sources of a knowledge base make about concepts.

Statements are small, so that no source has to hold a whole concept in memory, and separate files
(with names, definitions or types) can be read one after the other. All ids are in the form that
`concept_ids.normalize_id` returns.
"""

from typing import NamedTuple, Tuple, Union

ALIAS = 100
"""The rank of a name that is not the preferred name."""

REFERENCE = 1000
"""The rank of a name with which a source refers to a concept of another vocabulary. The source
means the concept that has the id, as its own id or as an alternate id. A new concept is made only
if no concept has the id."""


class ConceptName(NamedTuple):
    """A concept has a name.

    The name of the lowest rank is the preferred name; among names of the same rank it is the first.
    A concept exists if it has a name. Other statements alone do not make a concept.
    """

    concept: str
    name: str
    rank: int = ALIAS


class Definition(NamedTuple):
    """A concept has a definition. Only the first definition of a concept is kept."""

    concept: str
    text: str


class ConceptType(NamedTuple):
    """A concept has a semantic type."""

    concept: str
    type: str


class AlternateId(NamedTuple):
    """A concept has another id."""

    concept: str
    id: str


class ConceptRelation(NamedTuple):
    """`head` has the relation `type` to `tail`: `(seizure, is_a, abnormality)`.

    `documents` are the references for the relation, PubMed ids as bare numbers. If there are
    references and all of them are excluded from the knowledge base, the relation is excluded too.
    """

    head: str
    type: str
    tail: str
    documents: Tuple[str, ...] = ()


class TypeName(NamedTuple):
    """A semantic type has a name that is not its id."""

    type: str
    name: str


class TypeRelation(NamedTuple):
    """A semantic type has a relation to another one, as in the Semantic Network of UMLS."""

    head: str
    type: str
    tail: str


class InverseRelation(NamedTuple):
    """A relation has an inverse that the source gives a name, such as `isa` and `inverse_isa`. A
    symmetric relation is its own inverse."""

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
