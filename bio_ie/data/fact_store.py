"""Keeps what documents state in a temporary file, and gives it back sorted."""

import contextlib
import errno
import itertools
import json
import sqlite3
import tempfile
from collections import Counter
from operator import itemgetter
from typing import Any, Iterable, Iterator, List, NamedTuple, Sequence, Tuple

Key = Tuple[str, str, str]
"""Head, type and tail of a fact."""

_CACHE = 32_000
"""Kibibytes of the file that are kept in memory."""
_ROWS = 2_000
"""Rows that are written at once."""
_COUNTS = 20_000
"""Names that are counted in memory before they are written."""

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE statement (id INTEGER PRIMARY KEY, head, type, tail, document, score, has_evidence);
CREATE TABLE evidence (id INTEGER PRIMARY KEY, sentences);
CREATE TABLE name_count (concept, name, count);
CREATE TABLE pooled (head, type, tail, best, noisy_or, documents, evidence);
CREATE TABLE name (concept PRIMARY KEY, name) WITHOUT ROWID;
"""

_POOLED = """
SELECT head, type, tail, best, noisy_or, documents, evidence,
    ifnull(head_name.name, head), ifnull(tail_name.name, tail)
FROM pooled
LEFT JOIN name head_name ON head_name.concept = head
LEFT JOIN name tail_name ON tail_name.concept = tail
ORDER BY noisy_or DESC, best DESC, head, type, tail
"""


class Statement(NamedTuple):
    """That a document states a fact."""

    document: str
    score: float
    number: int
    """The place among all statements, by which `FactStore.evidence` knows it."""
    has_evidence: bool


class FactStore:
    """Statements of facts and names of concepts in a temporary file of SQLite's, which is sorted
    there. The system deletes it when the process ends, however it ends. Small ones never leave the
    memory.

    The file is in the folder for temporary files (`TMPDIR`). All methods raise `OSError` if it
    cannot be written.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._statements: List[Tuple[Any, ...]] = []
        self._evidence: List[Tuple[int, str]] = []
        self._pooled: List[Tuple[Any, ...]] = []
        self._counts: Counter[Tuple[str, str]] = Counter()
        self._number = 0
        with _disk_errors():
            self._database.executescript(_TABLES)
            self._database.execute(f"PRAGMA cache_size = -{_CACHE}")
            self._database.execute("BEGIN")

    def close(self) -> None:
        self._database.close()

    # Statements and names of documents

    def add(self, key: Key, document: str, score: float, sentences: Sequence[str]) -> None:
        """Adds that a document states a fact, and the sentences that are evidence for it."""
        self._number += 1
        if abs(score) >= 2**63:  # SQLite has no such whole numbers
            score = float(score)
        row = (self._number, *key, document, score, bool(sentences))
        self._statements.append(row)
        if sentences:
            self._evidence.append((self._number, json.dumps(sentences, ensure_ascii=False)))
        if len(self._statements) >= _ROWS:
            self._flush()

    def count_names(self, concept: str, names: Iterable[str]) -> None:
        """Counts names of a concept."""
        for name in names:
            self._counts[concept, name] += 1
        if len(self._counts) >= _COUNTS:
            self._flush()

    def by_key(self) -> Iterator[Tuple[Key, Iterator[Statement]]]:
        """The statements of each fact, in the order in which they were added."""
        rows = self._select(
            "SELECT head, type, tail, document, score, id, has_evidence FROM statement "
            "ORDER BY head, type, tail, id"
        )
        for key, group in itertools.groupby(rows, itemgetter(0, 1, 2)):
            yield key, (Statement(*row[3:]) for row in group)

    def evidence(self, number: int) -> List[str]:
        """The sentences of a statement."""
        query = "SELECT sentences FROM evidence WHERE id = ?"
        with _disk_errors():
            (sentences,) = self._database.execute(query, (number,)).fetchone()
        result: List[str] = json.loads(sentences)
        return result

    def name_counts(self) -> Iterator[Tuple[str, str, int]]:
        """Each name of each concept with its count, sorted."""
        return self._select(
            "SELECT concept, name, sum(count) FROM name_count GROUP BY concept, name "
            "ORDER BY concept, name"
        )

    # Pooled facts

    def add_pooled(
        self,
        key: Key,
        best: float,
        noisy_or: float,
        documents: Sequence[str],
        evidence: Sequence[Tuple[str, str]],
    ) -> None:
        lists = (json.dumps(items, ensure_ascii=False) for items in (documents, evidence))
        self._pooled.append((*key, best, noisy_or, *lists))
        if len(self._pooled) >= _ROWS:
            self._flush()

    def add_names(self, names: Iterable[Tuple[str, str]]) -> None:
        """Sets the names of concepts."""
        self._insert("INSERT OR REPLACE INTO name VALUES (?, ?)", names)

    def pooled(self) -> Iterator[Tuple[Any, ...]]:
        """Head, type, tail, best probability, noisy-or, documents, evidence and the names of head
        and tail of each fact, the most probable one first."""
        for *rest, documents, evidence, head_name, tail_name in self._select(_POOLED):
            yield (*rest, json.loads(documents), json.loads(evidence), head_name, tail_name)

    def num_facts(self) -> int:
        return self._count("SELECT count(*) FROM pooled")

    def num_concepts(self) -> int:
        return self._count(f"SELECT count(*) FROM ({_CONCEPTS})")

    def named_concepts(self) -> Iterator[Tuple[str, str]]:
        """The heads and tails with their names, sorted."""
        return self._select(
            f"SELECT concept, ifnull(name, concept) FROM (SELECT head concept FROM ({_CONCEPTS})) "
            "LEFT JOIN name USING (concept) ORDER BY concept"
        )

    def _count(self, query: str) -> int:
        ((count,),) = self._select(query)
        return int(count)

    def _flush(self) -> None:
        self._insert("INSERT INTO statement VALUES (?, ?, ?, ?, ?, ?, ?)", self._statements)
        self._insert("INSERT INTO evidence VALUES (?, ?)", self._evidence)
        self._insert("INSERT INTO pooled VALUES (?, ?, ?, ?, ?, ?, ?)", self._pooled)
        counts = ((*pair, count) for pair, count in self._counts.items())
        self._insert("INSERT INTO name_count VALUES (?, ?, ?)", counts)
        for rows in (self._statements, self._evidence, self._pooled):
            rows.clear()
        self._counts.clear()

    def _insert(self, statement: str, rows: Iterable[Tuple[Any, ...]]) -> None:
        with _disk_errors():
            self._database.executemany(statement, rows)

    def _select(self, query: str) -> Iterator[Any]:
        self._flush()
        with _disk_errors():
            cursor = self._database.execute(query)
        while True:
            with _disk_errors():
                rows = cursor.fetchmany(_ROWS)
            if not rows:
                return
            yield from rows


_CONCEPTS = "SELECT head FROM pooled UNION SELECT tail FROM pooled"


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    """A context manager that turns errors of the file into an `OSError` that says where it is."""
    try:
        yield
    except sqlite3.OperationalError as error:
        folder = tempfile.gettempdir()
        is_full = "full" in str(error)
        number = errno.ENOSPC if is_full else errno.EIO
        reason = (
            f"no space left for the temporary file of the facts in {folder}"
            if is_full
            else f"the temporary file of the facts in {folder}: {error}"
        )
        raise OSError(number, f"{reason}; TMPDIR can name another folder") from error
