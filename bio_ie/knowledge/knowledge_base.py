"""Concepts with their names, definitions, semantic types and relations."""

import json
import os
import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from allennlp.common import FromParams

from bio_ie.knowledge.concept_ids import normalize_id, split_id
from bio_ie.knowledge.knowledge_base_file import (
    KnowledgeBaseError,
    broken,
    open_knowledge_base,
)
from bio_ie.knowledge.subgraph import Subgraph, Triple, build_subgraph

__all__ = ["Concept", "KnowledgeBase", "KnowledgeBaseError", "UnknownConceptError"]

CACHED_CONCEPTS = 1 << 15
"""Relations and semantic types of so many concepts are kept in memory."""

CACHED_SUBGRAPHS = 256

LARGE_DEGREE = 256
"""Above so many relations, a concept's are searched in the file rather than kept in memory."""


class UnknownConceptError(KnowledgeBaseError, KeyError):
    """An id that no concept of the knowledge base has."""

    __str__ = ValueError.__str__  # KeyError's would be a repr


@dataclass(frozen=True)
class Concept:
    """What a knowledge base says of a concept, without its relations."""

    id: str
    name: str
    definition: Optional[str]
    aliases: Tuple[str, ...]
    semantic_types: Tuple[str, ...]
    alternate_ids: Tuple[str, ...]


class KnowledgeBase(FromParams):
    """A knowledge base in a file that `bio-ie build-kb` built; see `docs/knowledge.md`.

    The file is opened when something is first asked of it, once in each process, read-only: a
    knowledge base can be handed to forked loader workers, copied and pickled. It is an error
    (`KnowledgeBaseError`) if it is missing, damaged, unfinished or of another schema version.

    Methods take the ids of concepts as the knowledge base has them, unless they say otherwise;
    `resolve` finds these.

    # Parameters

    path : `str`
    """

    def __init__(self, path: str) -> None:
        self.path = os.fspath(path)
        self._forget()

    def _forget(self) -> None:
        self._connection: Optional[sqlite3.Connection] = None
        self._pid: Optional[int] = None
        self._metadata: Optional[Dict[str, str]] = None
        self._inverses: Optional[Dict[str, str]] = None
        self._type_relations: Optional[List[Triple]] = None
        self._prefixes: Optional[Tuple[List[str], List[str]]] = None
        self._concept_of = lru_cache(CACHED_CONCEPTS)(self._read_concept_of)
        self._types_of = lru_cache(CACHED_CONCEPTS)(self._read_types)
        self._neighbours_of = lru_cache(CACHED_CONCEPTS)(self._read_neighbours)
        self._subgraph_of = lru_cache(CACHED_SUBGRAPHS)(self._build_subgraph)

    def __getstate__(self) -> Dict[str, Any]:
        return {"path": self.path}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__init__(state["path"])  # type: ignore[misc]

    # The file

    def _execute(self, query: str, arguments: Sequence[Any] = ()) -> Iterator[Any]:
        """The rows of a query, one after the other."""
        if self._pid != os.getpid():
            # A connection must not be used across a fork. The parent's stays open: to close it
            # is the parent's business.
            self._parents_connection = self._connection
            self._connection, self._pid = open_knowledge_base(self.path), os.getpid()
        assert self._connection is not None
        try:
            yield from self._connection.execute(query, arguments)
        except sqlite3.DatabaseError as error:
            raise broken(self.path, error) from error

    def _execute_many(self, query: str, values: Iterable[str]) -> Iterator[Any]:
        """One query for any number of values, which it finds as `given.value`."""
        return self._execute(query, [json.dumps(list(values))])

    @property
    def metadata(self) -> Dict[str, str]:
        """Sources, counts, what was lost, date, schema version, fingerprint."""
        if self._metadata is None:
            self._metadata = dict(self._execute("SELECT key, value FROM meta ORDER BY key"))
        return dict(self._metadata)

    @property
    def fingerprint(self) -> str:
        """A checksum of the content: what was computed from a knowledge base with another one is
        stale."""
        return self.metadata["fingerprint"]

    # Concepts

    def __len__(self) -> int:
        return int(self.metadata["concepts"])

    def __contains__(self, concept_id: object) -> bool:
        if not isinstance(concept_id, str):
            return False
        return any(self._execute("SELECT 1 FROM concept WHERE id = ?", [concept_id]))

    def resolve(self, id: str) -> Optional[str]:
        """The concept that any id means: its own, or an alternate one that no other concept
        claims, with or without the prefix of its vocabulary. `None` if there is no such concept
        or more than one. Own ids go before alternate ones, and ids as they are before those with
        another prefix."""
        return self._concept_of(id)

    def _read_concept_of(self, id: str) -> Optional[str]:
        id = normalize_id(id)
        prefix, local = split_id(id)
        if prefix is not None:
            return self._known([id], [id]) or self._known([local], [local])
        if self._prefixes is None:
            rows = list(self._execute("SELECT name, own FROM prefix ORDER BY name"))
            alternate, own = (
                [name for name, is_own in rows if is_own == which] for which in (0, 1)
            )
            self._prefixes = own, alternate
        own, alternate = ([f"{prefix}:{id}" for prefix in names] for names in self._prefixes)
        return self._known([id], [id]) or self._known(own, alternate)

    def _known(self, own: Sequence[str], alternate: Sequence[str]) -> Optional[str]:
        for query, ids in (
            (
                "SELECT concept.id FROM json_each(?) given "
                "CROSS JOIN concept ON concept.id = given.value",
                own,
            ),
            (
                "SELECT DISTINCT concept FROM json_each(?) given "
                "CROSS JOIN alternate_id known ON known.id = given.value LIMIT 2",
                alternate,
            ),
        ):
            found = [row[0] for row in self._execute_many(query, ids)]
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def resolve_many(self, ids: Iterable[str]) -> Dict[str, str]:
        """The concepts of those ids that have one; see `resolve`."""
        found = ((id, self.resolve(id)) for id in dict.fromkeys(ids))
        return {id: concept for id, concept in found if concept is not None}

    def concept(self, concept_id: str) -> Concept:
        """Raises `UnknownConceptError`."""
        for found in self._concepts("= ?", [concept_id]):
            return found
        raise self._unknown(concept_id)

    def concepts(self) -> Iterator[Concept]:
        """All of them by id, in memory for one."""
        return self._concepts("IS NOT NULL", [])

    def _concepts(self, condition: str, arguments: List[str]) -> Iterator[Concept]:
        # Each table has the order of the concepts, so that all can be read in step.
        parts = [
            _Grouped(
                self._execute(
                    f"SELECT concept, {column} FROM {table} WHERE concept {condition} "
                    f"ORDER BY concept, {order}",
                    arguments,
                )
            )
            for table, column, order in (
                ("alias", "name", "position"),
                ("semantic_type", "type", "type"),
                ("alternate_id", "id", "id"),
            )
        ]
        for concept_id, name, definition in self._execute(
            f"SELECT id, name, definition FROM concept WHERE id {condition} ORDER BY id", arguments
        ):
            names, types, alternate_ids = (part.take(concept_id) for part in parts)
            yield Concept(concept_id, name, definition, names[1:], types, alternate_ids)

    def names(self) -> Iterator[Tuple[str, str]]:
        """Concept and name: by id of the concept, its preferred name first."""
        return self._execute("SELECT concept, name FROM alias ORDER BY concept, position")

    def preferred_names(self, concept_ids: Iterable[str]) -> Dict[str, str]:
        """By concept; ids that no concept has are left out."""
        return dict(
            self._execute_many(
                "SELECT concept.id, name FROM json_each(?) given "
                "CROSS JOIN concept ON concept.id = given.value",
                concept_ids,
            )
        )

    def lookup(self, normalized: Sequence[str]) -> Dict[str, Tuple[str, ...]]:
        """The concepts, by id, that have a name; those names that none has are left out.

        # Parameters

        normalized : `Sequence[str]`
            Names as `normalize_name` returns them.
        """
        rows = self._execute_many(
            "SELECT DISTINCT normalized, concept FROM json_each(?) given "
            "CROSS JOIN alias ON normalized = given.value ORDER BY normalized, concept",
            filter(None, dict.fromkeys(normalized)),
        )
        return {
            name: tuple(map(itemgetter(1), group)) for name, group in groupby(rows, itemgetter(0))
        }

    # Semantic types

    def semantic_types(self, concept_ids: Sequence[str]) -> Dict[str, Tuple[str, ...]]:
        """By concept, sorted. Raises `UnknownConceptError`."""
        return {concept_id: self._types_of(concept_id) for concept_id in concept_ids}

    def concepts_of_types(self, types: Sequence[str]) -> Iterator[str]:
        """Those with at least one of the types, by id."""
        rows = self._execute_many(
            "SELECT DISTINCT concept FROM json_each(?) given "
            "CROSS JOIN semantic_type item ON item.type = given.value ORDER BY concept",
            types,
        )
        return map(itemgetter(0), rows)

    def type_names(self) -> Dict[str, str]:
        """What the semantic types are called whose id does not say it (`T047`: `Disease or
        Syndrome`)."""
        return dict(self._execute("SELECT id, name FROM type ORDER BY id"))

    def _read_types(self, concept_id: str) -> Tuple[str, ...]:
        rows = self._execute(
            "SELECT type FROM semantic_type WHERE concept = ? ORDER BY type", [concept_id]
        )
        types = tuple(map(itemgetter(0), rows))
        if not types and concept_id not in self:
            raise self._unknown(concept_id)
        return types

    # Relations

    def relations(self) -> Iterator[Triple]:
        """Those between concepts, as the sources list them, by head, tail and type."""
        return self._execute("SELECT head, type, tail FROM relation ORDER BY head, tail, type")

    def relations_of(self, head: str) -> Iterator[Tuple[str, str]]:
        """Type and tail of the relations that lead from a concept, by tail."""
        return self._execute("SELECT type, tail FROM relation WHERE head = ? ORDER BY tail", [head])

    def type_relations(self) -> Tuple[Triple, ...]:
        """Those between semantic types."""
        if self._type_relations is None:
            query = "SELECT head, type, tail FROM type_relation ORDER BY head, tail, type"
            self._type_relations = list(self._execute(query))
        return tuple(self._type_relations)

    def relation_types(self) -> Tuple[str, ...]:
        """Everything that an edge of a `subgraph` can be, sorted: relations between concepts and
        between types, `has_type`, and the inverse of each."""
        return tuple(sorted(self.inverses()))

    def inverses(self) -> Mapping[str, str]:
        """The other direction of each relation: `inverse:<name>`, or what the source calls it."""
        if self._inverses is None:
            self._inverses = dict(self._execute("SELECT name, inverse FROM relation_type"))
        return self._inverses

    def evidence(self, head: str, type: str, tail: str) -> Tuple[str, ...]:
        """The references for a relation, PubMed ids as bare numbers; none if the source gives
        none."""
        query = "SELECT document FROM evidence WHERE head = ? AND tail = ? AND type = ?"
        return tuple(sorted(row[0] for row in self._execute(query, [head, tail, type])))

    def subgraph(self, concept_ids: Sequence[str]) -> Subgraph:
        """The background graph of some concepts: these and their semantic types, and all edges
        between them, which are relations between concepts, `has_type`, and relations between types.
        Each edge is there in both directions; see `inverses`.

        Raises `UnknownConceptError`.
        """
        return self._subgraph_of(tuple(dict.fromkeys(concept_ids)))

    def _build_subgraph(self, concept_ids: Tuple[str, ...]) -> Subgraph:
        return build_subgraph(
            concept_ids,
            self.semantic_types(concept_ids),
            self._relations_among,
            self.type_relations(),
            self.inverses(),
        )

    def _relations_among(self, concepts: Mapping[str, int]) -> Iterator[Triple]:
        for head in concepts:
            neighbours: Optional[Iterable[Tuple[str, str]]] = self._neighbours_of(head)
            if neighbours is None:
                neighbours = self._execute(
                    "SELECT relation.tail, relation.type FROM json_each(?) given "
                    "CROSS JOIN relation ON head = ? AND tail = given.value",
                    [json.dumps(list(concepts)), head],
                )
            for tail, type_ in neighbours:
                if tail in concepts:
                    yield head, type_, tail

    def _read_neighbours(self, head: str) -> Optional[Tuple[Tuple[str, str], ...]]:
        """`None` if there are too many to keep."""
        query = f"SELECT tail, type FROM relation WHERE head = ? LIMIT {LARGE_DEGREE + 1}"
        neighbours = tuple(self._execute(query, [head]))
        return neighbours if len(neighbours) <= LARGE_DEGREE else None

    def _unknown(self, concept_id: str) -> UnknownConceptError:
        return UnknownConceptError(f"there is no concept {concept_id!r}", self.path)


class _Grouped:
    """Rows `(key, value)`, sorted by key, to be taken key by key."""

    def __init__(self, rows: Iterable[Tuple[str, str]]) -> None:
        self._rows = iter(rows)
        self._next: Optional[Tuple[str, str]] = next(self._rows, None)

    def take(self, key: str) -> Tuple[str, ...]:
        """The values of `key`, which must not come before the last one."""
        values = []
        while self._next is not None and self._next[0] <= key:
            if self._next[0] == key:
                values.append(self._next[1])
            self._next = next(self._rows, None)
        return tuple(values)
