"""Fills the tables of a knowledge base from the statements of all its sources."""

import hashlib
import sqlite3
from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import Any, Dict, Iterator, List, Sequence, Tuple

from bio_ie.knowledge.concept_merging import merge_concepts
from bio_ie.knowledge.knowledge_base_file import HAS_TYPE, TABLES
from bio_ie.knowledge.statements import REFERENCE

INVERSE_PREFIX = "inverse:"

AMBIGUOUS_IDS = "alternate ids that more than one concept claims"
UNMERGED = "concepts not merged, because two concepts of one vocabulary would have become one"
NAMELESS = "{} of ids that no source names"
UNKNOWN_ENDS = "relations with an end that no source names"
SELF_RELATIONS = "relations of a concept to itself"
"""Reasons that are counted in `Assembly.left_out`."""


class Assembly:
    """Fills the tables of a knowledge base from the staging tables (`stage.*`). SQL does the
    sorting and joining, so that memory does not depend on the number of statements.

    # Parameters

    connection : `sqlite3.Connection`
    merge_by : `Sequence[str]`
        See `KnowledgeBaseWriter`.
    """

    def __init__(self, connection: sqlite3.Connection, merge_by: Sequence[str]) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany
        self._merge_by = merge_by
        self.left_out: Counter[str] = Counter()
        self.counts: Dict[str, int] = {}
        self.counts_by_type: Dict[str, Dict[str, int]] = {}

    def run(self) -> None:
        self._find_concepts()
        self._fill_concepts_and_names()
        self._fill_alternate_ids()
        self._fill_semantic_types()
        self._find_ends()
        self._fill_relations()
        self._fill_relation_types()
        self._fill_prefixes()
        self._count()

    def _find_concepts(self) -> None:
        """Makes `stage.own`, which has every id with a name and the concept that it belongs to.
        That concept has another id where concepts were merged."""
        self._execute(
            "CREATE TABLE stage.own AS SELECT concept AS id, concept, min(source) AS source, "
            "min(rank) AS rank FROM stage.name GROUP BY concept"
        )
        self._execute("CREATE UNIQUE INDEX stage.own_by_id ON own (id)")
        self._execute("CREATE INDEX stage.alternate_id_by_id ON alternate_id (id)")
        if self._merge_by:
            moves, unmerged = merge_concepts(self._execute, self._merge_by)
            self._move(moves)
            if unmerged:
                self.left_out[UNMERGED] = unmerged
        self._move(list(self._references()))

    def _references(self) -> Iterator[Tuple[str, str]]:
        """Ids that sources only refer to, each with the concept that has it as an alternate id, if
        there is exactly one."""
        return self._execute(
            "SELECT own.id, min(claim.concept) FROM stage.own "
            "JOIN stage.alternate_id known ON known.id = own.id "
            "JOIN stage.own claim ON claim.id = known.concept "
            f"WHERE own.rank >= {REFERENCE} AND claim.rank < {REFERENCE} "
            "GROUP BY own.id HAVING count(DISTINCT claim.concept) = 1"
        )

    def _move(self, moves: List[Tuple[str, str]]) -> None:
        rows = [(concept, id) for id, concept in moves]
        self._executemany("UPDATE stage.own SET concept = ? WHERE id = ?", rows)

    def _fill_concepts_and_names(self) -> None:
        definitions = _first_values(
            self._execute(
                "SELECT own.concept, text FROM stage.definition item "
                "JOIN stage.own ON own.id = item.concept "
                "ORDER BY own.concept, item.source, item.rowid"
            )
        )
        names = self._execute(
            "SELECT own.concept, item.source, name, normalized FROM stage.name item "
            "JOIN stage.own ON own.id = item.concept ORDER BY own.concept, "
            f"item.rank >= {REFERENCE}, item.source, item.rank, item.rowid"
        )
        rows = _batches(_aliases(names))
        definition = next(definitions, None)
        for batch in rows:
            self._executemany("INSERT INTO alias VALUES (?, ?, ?, ?)", batch)
            concepts = []
            for concept, position, name, _ in batch:
                if position == 0:
                    text = None
                    if definition is not None and definition[0] == concept:
                        text = definition[1]
                        definition = next(definitions, None)
                    concepts.append((concept, name, text))
            self._executemany("INSERT INTO concept VALUES (?, ?, ?)", concepts)
        self._count_nameless("definition", "definitions")

    def _fill_alternate_ids(self) -> None:
        self._execute(
            "INSERT INTO alternate_id SELECT DISTINCT concept, id FROM ("
            "SELECT own.concept, item.id FROM stage.alternate_id item "
            "JOIN stage.own ON own.id = item.concept "
            "UNION ALL SELECT concept, id FROM stage.own WHERE id != concept"
            ") WHERE id != concept ORDER BY concept, id"
        )
        self._count_nameless("alternate_id", "alternate ids")
        self._execute(
            "CREATE TABLE stage.claimed AS SELECT id, min(concept) AS concept, "
            "count(*) AS concepts FROM alternate_id GROUP BY id"
        )
        self._execute("CREATE UNIQUE INDEX stage.claimed_by_id ON claimed (id)")
        (ambiguous,) = self._execute(
            "SELECT count(*) FROM stage.claimed WHERE concepts > 1 "
            "AND NOT EXISTS (SELECT 1 FROM concept WHERE concept.id = claimed.id)"
        ).fetchone()
        if ambiguous:
            self.left_out[AMBIGUOUS_IDS] = ambiguous

    def _fill_semantic_types(self) -> None:
        self._execute(
            "INSERT INTO semantic_type SELECT DISTINCT own.concept, type "
            "FROM stage.semantic_type item JOIN stage.own ON own.id = item.concept "
            "ORDER BY own.concept, type"
        )
        self._count_nameless("semantic_type", "semantic types")
        self._execute(
            "INSERT INTO type SELECT type, name FROM stage.type_name WHERE rowid IN "
            "(SELECT min(rowid) FROM stage.type_name GROUP BY type) ORDER BY type"
        )
        self._execute(
            "INSERT INTO type_relation SELECT DISTINCT head, type, tail FROM stage.type_relation "
            "ORDER BY head, tail, type"
        )

    def _count_nameless(self, table: str, what: str) -> None:
        (count,) = self._execute(
            f"SELECT count(*) FROM stage.{table} item WHERE NOT EXISTS "
            "(SELECT 1 FROM stage.own WHERE own.id = item.concept)"
        ).fetchone()
        if count:
            self.left_out[NAMELESS.format(what)] = count

    def _find_ends(self) -> None:
        """Makes `stage.end_of`, which has the concept of every id that can be the head or tail of a
        relation: the concept's own id, or an alternate id that no other concept claims."""
        self._execute("CREATE TABLE stage.end_of (id TEXT PRIMARY KEY, concept TEXT) WITHOUT ROWID")
        self._execute("INSERT INTO stage.end_of SELECT id, concept FROM stage.own ORDER BY id")
        self._execute(
            "INSERT OR IGNORE INTO stage.end_of SELECT id, concept FROM stage.claimed "
            "WHERE concepts = 1 AND id IN "
            "(SELECT head FROM stage.relation UNION SELECT tail FROM stage.relation)"
        )

    def _fill_relations(self) -> None:
        ends = (
            "FROM stage.{} item JOIN stage.end_of heads ON heads.id = item.head "
            "JOIN stage.end_of tails ON tails.id = item.tail WHERE heads.concept != tails.concept"
        )
        self._execute(
            "INSERT INTO relation SELECT DISTINCT heads.concept, item.type, tails.concept "
            + ends.format("relation")
            + " ORDER BY heads.concept, tails.concept, item.type"
        )
        self._execute(
            "INSERT INTO evidence SELECT DISTINCT heads.concept, item.type, tails.concept, "
            + "document "
            + ends.format("evidence")
            + " ORDER BY heads.concept, tails.concept, item.type, document"
        )
        known = "EXISTS (SELECT 1 FROM stage.end_of WHERE id = item.{})"
        both = f"{known.format('head')} AND {known.format('tail')}"
        for reason, condition in (
            (UNKNOWN_ENDS, f"NOT ({both})"),
            (
                SELF_RELATIONS,
                "(SELECT concept FROM stage.end_of WHERE id = item.head) = "
                "(SELECT concept FROM stage.end_of WHERE id = item.tail)",
            ),
        ):
            (count,) = self._execute(
                f"SELECT count(*) FROM stage.relation item WHERE {condition}"
            ).fetchone()
            if count:
                self.left_out[reason] = count

    def _fill_relation_types(self) -> None:
        """Fills in the relations that edges can have. The name of an inverse is the one that the
        sources give it, or `inverse:<name>`."""
        declared: Dict[str, str] = {}
        for type_, inverse in self._execute("SELECT type, inverse FROM stage.inverse"):
            # A name is used in one pair only: it cannot be the inverse of two relations.
            if type_ not in declared and inverse not in declared:
                declared[type_], declared[inverse] = inverse, type_
        used = {HAS_TYPE} if self._execute("SELECT 1 FROM semantic_type").fetchone() else set()
        for table in ("relation", "type_relation"):
            used.update(row[0] for row in self._execute(f"SELECT DISTINCT type FROM {table}"))
        inverses: Dict[str, str] = {}
        for type_ in sorted(used):
            inverse = declared.get(type_, INVERSE_PREFIX + type_)
            inverses[type_], inverses[inverse] = inverse, type_
        rows = sorted(inverses.items())
        self._executemany("INSERT INTO relation_type VALUES (?, ?)", rows)

    def _fill_prefixes(self) -> None:
        for table, own in (("concept", 1), ("alternate_id", 0)):
            self._execute(
                f"INSERT INTO prefix SELECT DISTINCT substr(id, 1, instr(id, ':') - 1), {own} "
                f"FROM {table} WHERE instr(id, ':') > 1"
            )

    def _count(self) -> None:
        for name, query in {
            "concepts": "concept",
            "names": "alias",
            "synonyms": "alias WHERE position > 0",
            "definitions": "concept WHERE definition IS NOT NULL",
            "alternate_ids": "alternate_id",
            "semantic_types": "(SELECT DISTINCT type FROM semantic_type)",
            "concepts_with_type": "(SELECT DISTINCT concept FROM semantic_type)",
            "relations": "relation",
            "type_relations": "type_relation",
            "relation_types": "relation_type",
        }.items():
            (self.counts[name],) = self._execute(f"SELECT count(*) FROM {query}").fetchone()
        for table in ("semantic_type", "relation", "type_relation"):
            rows = self._execute(f"SELECT type, count(*) FROM {table} GROUP BY type")
            self.counts_by_type[f"{table}s_by_type"] = dict(sorted(rows))

    def fingerprint(self) -> str:
        """A checksum of all rows of all tables except `meta`. Tables are read one after the other,
        and their rows in the order of their keys."""
        digest = hashlib.sha256()
        for table, columns in TABLES.items():
            if table == "meta":
                continue
            digest.update(f"{table}({columns})\n".encode())
            key = columns.partition("PRIMARY KEY (")[2].rstrip(")") or columns.split()[0]
            for row in self._execute(f"SELECT * FROM {table} ORDER BY {key}"):
                digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()


def _aliases(rows: Iterator[Tuple[str, int, str, str]]) -> Iterator[Tuple[str, int, str, str]]:
    """Rows of `alias`. A name that an earlier source gives as well is left out. A name that one
    source gives twice is kept twice."""
    for concept, group in groupby(rows, itemgetter(0)):
        sources: Dict[str, int] = {}
        position = 0
        for _, source, name, normalized in group:
            if sources.setdefault(name, source) == source:
                yield concept, position, name, normalized
                position += 1


def _first_values(rows: Iterator[Tuple[str, str]]) -> Iterator[Tuple[str, str]]:
    return (next(group) for _, group in groupby(rows, itemgetter(0)))


def _batches(rows: Iterator[Any], size: int = 20_000) -> Iterator[List[Any]]:
    batch: List[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
