"""Reads a knowledge base: concepts with their names, definitions, semantic types and relations."""

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
"""The number of concepts whose relations and semantic types are kept in memory."""

CACHED_SUBGRAPHS = 256

LARGE_DEGREE = 256
"""The relations of a concept with more relations than this are not kept in memory, but searched in
the file."""


class UnknownConceptError(KnowledgeBaseError, KeyError):
    """Raised for an id that no concept of the knowledge base has."""

    __str__ = ValueError.__str__  # KeyError would give the repr of the message


@dataclass(frozen=True)
class Concept:
    """The content of a knowledge base about a concept, without the concept's relations."""

    id: str
    name: str
    definition: Optional[str]
    aliases: Tuple[str, ...]
    semantic_types: Tuple[str, ...]
    alternate_ids: Tuple[str, ...]


class KnowledgeBase(FromParams):
    """A knowledge base in a file that `bio-ie build-kb` built; see `docs/knowledge.md`.

    The file is opened read-only, once in each process, when the first method needs it. So a
    knowledge base can be handed to forked loader workers, copied and pickled. Methods raise
    `KnowledgeBaseError` if the file is missing, damaged, unfinished or of another schema version.

    Methods take the ids of concepts as the knowledge base has them, unless they say otherwise.
    `resolve` finds these ids.

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
            # A connection must not be used across a fork. The connection of the parent process is
            # kept, because only the parent may close it.
            self._parents_connection = self._connection
            self._connection, self._pid = open_knowledge_base(self.path), os.getpid()
        assert self._connection is not None
        try:
            yield from self._connection.execute(query, arguments)
        except sqlite3.DatabaseError as error:
            raise broken(self.path, error) from error

    def _execute_many(self, query: str, values: Iterable[str]) -> Iterator[Any]:
        """Runs one query for any number of values. The query refers to them as `given.value`."""
        return self._execute(query, [json.dumps(list(values))])

    @property
    def metadata(self) -> Dict[str, str]:
        """The sources, counts, losses, date, schema version and fingerprint."""
        if self._metadata is None:
            self._metadata = dict(self._execute("SELECT key, value FROM meta ORDER BY key"))
        return dict(self._metadata)

    @property
    def fingerprint(self) -> str:
        """A checksum of the content. Anything that was computed from a knowledge base with another
        fingerprint is stale."""
        return self.metadata["fingerprint"]

    # Concepts

    def __len__(self) -> int:
        return int(self.metadata["concepts"])

    def __contains__(self, concept_id: object) -> bool:
        if not isinstance(concept_id, str):
            return False
        return any(self._execute("SELECT 1 FROM concept WHERE id = ?", [concept_id]))

    def resolve(self, id: str) -> Optional[str]:
        """The id of the concept that an id refers to, or `None` if there is no such concept or more
        than one.

        `id` may be the concept's own id, or an alternate id that no other concept claims, with or
        without the prefix of its vocabulary. Own ids take precedence over alternate ids, and ids as
        they are written over ids with another prefix.
        """
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
        """The concept of each id; see `resolve`. Ids without a concept are left out."""
        found = ((id, self.resolve(id)) for id in dict.fromkeys(ids))
        return {id: concept for id, concept in found if concept is not None}

    def concept(self, concept_id: str) -> Concept:
        """The concept with an id. Raises `UnknownConceptError` if there is none."""
        for found in self._concepts("= ?", [concept_id]):
            return found
        raise self._unknown(concept_id)

    def concepts(self) -> Iterator[Concept]:
        """All concepts, ordered by id. Only one concept is in memory at a time."""
        return self._concepts("IS NOT NULL", [])

    def _concepts(self, condition: str, arguments: List[str]) -> Iterator[Concept]:
        # All tables are ordered by concept, so that they can be read in step.
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
        """All pairs of a concept id and a name, ordered by id. The preferred name of a concept
        comes first."""
        return self._execute("SELECT concept, name FROM alias ORDER BY concept, position")

    def normalized_names(self) -> Iterator[str]:
        """The normal forms of all names, in order and each of them once."""
        rows = self._execute("SELECT DISTINCT normalized FROM alias ORDER BY normalized")
        return filter(None, map(itemgetter(0), rows))

    def preferred_names(self, concept_ids: Iterable[str]) -> Dict[str, str]:
        """The preferred name of each concept. Ids that no concept has are left out."""
        return dict(
            self._execute_many(
                "SELECT concept.id, name FROM json_each(?) given "
                "CROSS JOIN concept ON concept.id = given.value",
                concept_ids,
            )
        )

    def lookup(self, normalized: Sequence[str]) -> Dict[str, Tuple[str, ...]]:
        """The ids of the concepts that have each name, in order. Names that no concept has are left
        out.

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
        """The sorted semantic types of each concept. Raises `UnknownConceptError` for an id that no
        concept has."""
        return {concept_id: self._types_of(concept_id) for concept_id in concept_ids}

    def concepts_of_types(self, types: Sequence[str]) -> Iterator[str]:
        """The ids of the concepts with at least one of the types, in order."""
        rows = self._execute_many(
            "SELECT DISTINCT concept FROM json_each(?) given "
            "CROSS JOIN semantic_type item ON item.type = given.value ORDER BY concept",
            types,
        )
        return map(itemgetter(0), rows)

    def type_names(self) -> Dict[str, str]:
        """The names of semantic types that have another id (`T047`: `Disease or Syndrome`)."""
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
        """The relations between concepts that sources list, ordered by head, tail and type."""
        return self._execute("SELECT head, type, tail FROM relation ORDER BY head, tail, type")

    def relations_of(self, head: str) -> Iterator[Tuple[str, str]]:
        """The type and tail of each relation that has a concept as its head, ordered by tail."""
        return self._execute("SELECT type, tail FROM relation WHERE head = ? ORDER BY tail", [head])

    def type_relations(self) -> Tuple[Triple, ...]:
        """The relations between semantic types."""
        if self._type_relations is None:
            query = "SELECT head, type, tail FROM type_relation ORDER BY head, tail, type"
            self._type_relations = list(self._execute(query))
        return tuple(self._type_relations)

    def relation_types(self) -> Tuple[str, ...]:
        """All relations that an edge of a `subgraph` can have, sorted: those between concepts and
        between types, `has_type`, and the inverse of each."""
        return tuple(sorted(self.inverses()))

    def inverses(self) -> Mapping[str, str]:
        """The name of the inverse of each relation: the name that the source gives it, or
        `inverse:<name>`."""
        if self._inverses is None:
            self._inverses = dict(self._execute("SELECT name, inverse FROM relation_type"))
        return self._inverses

    def evidence(self, head: str, type: str, tail: str) -> Tuple[str, ...]:
        """The references for a relation, PubMed ids as bare numbers. The tuple is empty if the
        source gives no reference."""
        query = "SELECT document FROM evidence WHERE head = ? AND tail = ? AND type = ?"
        return tuple(sorted(row[0] for row in self._execute(query, [head, tail, type])))

    def evidence_documents(self) -> Iterator[str]:
        """All references of all relations, in order and each of them once."""
        rows = self._execute("SELECT DISTINCT document FROM evidence ORDER BY document")
        return map(itemgetter(0), rows)

    def num_relations_from(self, documents: Iterable[str]) -> Tuple[int, int]:
        """The number of relations that have some of the documents as a reference, and the number of
        those that have no other reference."""
        query = """SELECT COUNT(*), COALESCE(SUM(all_given), 0) FROM (
            SELECT MIN(is_given) AS all_given, MAX(is_given) AS any_given FROM (
                SELECT head, tail, type,
                    document IN (SELECT value FROM json_each(?)) AS is_given FROM evidence
            ) GROUP BY head, tail, type
        ) WHERE any_given"""
        ((some, only),) = self._execute_many(query, documents)
        return int(some), int(only)

    def subgraph(self, concept_ids: Sequence[str]) -> Subgraph:
        """The background graph of some concepts.

        Its nodes are the concepts and their semantic types. Its edges are all relations between
        these concepts, `has_type`, and all relations between these types. Each edge is there in
        both directions; see `inverses`.

        Raises `UnknownConceptError` for an id that no concept has.
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
        """The tail and type of the relations of a concept; `None` if there are too many to keep in
        memory."""
        query = f"SELECT tail, type FROM relation WHERE head = ? LIMIT {LARGE_DEGREE + 1}"
        neighbours = tuple(self._execute(query, [head]))
        return neighbours if len(neighbours) <= LARGE_DEGREE else None

    def _unknown(self, concept_id: str) -> UnknownConceptError:
        return UnknownConceptError(f"there is no concept {concept_id!r}", self.path)


class _Grouped:
    """Reads the values of one key after the other from rows `(key, value)` sorted by key."""

    def __init__(self, rows: Iterable[Tuple[str, str]]) -> None:
        self._rows = iter(rows)
        self._next: Optional[Tuple[str, str]] = next(self._rows, None)

    def take(self, key: str) -> Tuple[str, ...]:
        """The values of `key`, which must not come before the `key` of the last call."""
        values = []
        while self._next is not None and self._next[0] <= key:
            if self._next[0] == key:
                values.append(self._next[1])
            self._next = next(self._rows, None)
        return tuple(values)
