"""Builds the file of a knowledge base from the statements of its sources."""

import contextlib
import fcntl
import json
import logging
import os
import shutil
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import (
    Any,
    Callable,
    Collection,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Sequence,
    Tuple,
    Type,
)

from bio_ie.knowledge.knowledge_base_assembly import Assembly
from bio_ie.knowledge.knowledge_base_file import (
    INDICES,
    SCHEMA_VERSION,
    KnowledgeBaseError,
    create_statements,
)
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.statements import (
    AlternateId,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Definition,
    InverseRelation,
    Statement,
    TypeName,
    TypeRelation,
)
from bio_ie.text.papers import paper_of
from bio_ie.version import VERSION

logger = logging.getLogger(__name__)

BUFFERED_ROWS = 20_000

CACHE_KIB = 128 * 1024
"""The cache of each of the two databases. Larger data is sorted in temporary files."""

STAGING = {
    "name": "concept TEXT, rank INTEGER, source INTEGER, name TEXT, normalized TEXT",
    "definition": "concept TEXT, source INTEGER, text TEXT",
    "semantic_type": "concept TEXT, type TEXT",
    "alternate_id": "concept TEXT, source INTEGER, id TEXT",
    "relation": "head TEXT, type TEXT, tail TEXT",
    "evidence": "head TEXT, type TEXT, tail TEXT, document TEXT",
    "type_name": "type TEXT, name TEXT",
    "type_relation": "head TEXT, type TEXT, tail TEXT",
    "inverse": "type TEXT, inverse TEXT",
}
"""The staging tables, which hold the statements in the order in which they came, until all of them
are there."""


def write_knowledge_base(
    path: "str | os.PathLike[str]",
    sources: Mapping[str, Iterable[Statement]],
    merge_by: Sequence[str] = (),
    exclude_documents: Collection[str] = (),
) -> Dict[str, str]:
    """Builds a knowledge base from `sources` and returns its metadata; see `KnowledgeBaseWriter`.

    Where sources disagree, the earlier one takes precedence.
    """
    with KnowledgeBaseWriter(path, merge_by, exclude_documents) as writer:
        for name, statements in sources.items():
            writer.add(name, statements)
        return writer.finish()


class KnowledgeBaseWriter:
    """Builds a knowledge base in a hidden folder next to `path`, and moves it to `path` once it is
    complete. So an interrupted build does not change an older file at `path`. Memory does not grow
    with the sources.

        with KnowledgeBaseWriter(path) as writer:
            writer.add("mesh", statements)
            metadata = writer.finish()

    Concepts of two sources with the same id become one concept. It has the name and the definition
    of the earlier source, and everything else of both.

    # Parameters

    path : `str`
    merge_by : `Sequence[str]`, optional (default = `()`)
        Prefixes of ids (`"MESH"`). Two concepts become one if they share an alternate id with such
        a prefix, or if the own id of one concept has such a prefix and is an alternate id of the
        other. The new concept has the id of the earlier source. Concepts are not merged where that
        would make one concept of two from the same vocabulary: these are counted as ambiguous.
    exclude_documents : `Collection[str]`, optional (default = `()`)
        Ids of papers (`paper_of`), PubMed ids as bare numbers. A relation is left out if it has
        references and all of them are excluded.

    Raises `KnowledgeBaseError` if another process is building the same file, if the sources have no
    concept, and if the disk is full.
    """

    def __init__(
        self,
        path: "str | os.PathLike[str]",
        merge_by: Sequence[str] = (),
        exclude_documents: Collection[str] = (),
    ) -> None:
        self.path = Path(path)
        self._merge_by = tuple(merge_by)
        self._excluded = frozenset(exclude_documents)
        self._sources: List[str] = []
        self._left_out: Counter[str] = Counter()
        self._rows: Dict[str, List[Tuple[Any, ...]]] = {table: [] for table in STAGING}
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> "KnowledgeBaseWriter":
        with contextlib.ExitStack() as stack:
            stack.enter_context(self._errors())
            folder = stack.enter_context(_building_folder(self.path))
            self._file = folder / "knowledge_base.sqlite"
            self._connection = sqlite3.connect(self._file, isolation_level=None)
            stack.callback(self._connection.close)
            self._set_up(folder / "statements.sqlite")
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *error: Any) -> None:
        self._exit.__exit__(*error)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise KnowledgeBaseError(f"cannot be built: {error}", self.path) from error

    def _set_up(self, staging: Path) -> None:
        execute = self._connection.execute
        execute("ATTACH ? AS stage", [os.fspath(staging)])
        for database in ("main", "stage"):
            # Nobody sees the files before they are complete, so there is nothing to roll back.
            execute(f"PRAGMA {database}.journal_mode = OFF")
            execute(f"PRAGMA {database}.synchronous = OFF")
            execute(f"PRAGMA {database}.cache_size = -{CACHE_KIB}")
        for statement in create_statements():
            execute(statement)
        for table, columns in STAGING.items():
            execute(f"CREATE TABLE stage.{table} ({columns})")
        execute("BEGIN")

    def add(self, name: str, statements: Iterable[Statement]) -> None:
        """Adds all statements of a source. `name` is the name of the source in the metadata."""
        source = len(self._sources)
        self._sources.append(name)
        with self._errors():
            for statement in statements:
                self._ROWS[type(statement)](self, statement, source)
            for table in STAGING:
                self._flush(table)

    def _put(self, table: str, *row: Any) -> None:
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= BUFFERED_ROWS:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO stage.{table} VALUES ({places})", rows)
            rows.clear()

    def _put_name(self, name: ConceptName, source: int) -> None:
        normalized = normalize_name(name.name)
        self._put("name", name.concept, name.rank, source, name.name, normalized)

    def _put_relation(self, relation: ConceptRelation, source: int) -> None:
        head, type_, tail, documents = relation
        kept = [document for document in documents if paper_of(document) not in self._excluded]
        if documents and not kept:
            self._left_out["relations that rest on excluded documents alone"] += 1
            return
        self._put("relation", head, type_, tail)
        for document in kept:
            self._put("evidence", head, type_, tail, document)

    _ROWS: Dict[Type[Statement], Callable[["KnowledgeBaseWriter", Any, int], None]] = {
        ConceptName: _put_name,
        ConceptRelation: _put_relation,
        Definition: lambda self, item, source: self._put(
            "definition", item.concept, source, item.text
        ),
        AlternateId: lambda self, item, source: self._put(
            "alternate_id", item.concept, source, item.id
        ),
        ConceptType: lambda self, item, _: self._put("semantic_type", *item),
        TypeName: lambda self, item, _: self._put("type_name", *item),
        TypeRelation: lambda self, item, _: self._put("type_relation", *item),
        InverseRelation: lambda self, item, _: self._put("inverse", *item),
    }

    def finish(self, notes: Mapping[str, str] = {}) -> Dict[str, str]:
        """Assembles the knowledge base, moves it to `path`, and returns its metadata. `notes` are
        added to the metadata."""
        with self._errors():
            assembly = Assembly(self._connection, self._merge_by)
            assembly.run()
            left_out = self._left_out + assembly.left_out
            metadata = {
                **notes,
                **{name: str(count) for name, count in assembly.counts.items()},
                **{
                    name: json.dumps(counts, ensure_ascii=False)
                    for name, counts in assembly.counts_by_type.items()
                },
                "schema_version": str(SCHEMA_VERSION),
                "built_by": f"bio_ie {VERSION}",
                "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
                "sources": json.dumps(self._sources, ensure_ascii=False),
                "left_out": json.dumps(dict(sorted(left_out.items()))),
                "fingerprint": assembly.fingerprint(),
            }
            if not assembly.counts["concepts"]:
                raise KnowledgeBaseError("the sources have no concept", self.path)
            for index, columns in INDICES.items():
                self._connection.execute(f"CREATE INDEX {index} ON {columns}")
            rows = sorted(metadata.items())
            self._connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
            self._connection.execute("COMMIT")
            self._connection.close()
        with open(self._file, "rb") as file:
            os.fsync(file.fileno())
        os.replace(self._file, self.path)
        return dict(rows)


@contextlib.contextmanager
def _building_folder(path: Path) -> Iterator[Path]:
    """Makes an empty hidden folder next to `path`, which only one process at a time can use, and
    deletes it afterwards. Files that a killed process left in it are deleted first."""
    if path.is_dir():
        raise KnowledgeBaseError("is a folder, not a file to write", path)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = path.parent / f".{path.name[:100]}.building"
    folder.mkdir(exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            # The lock is released when the process ends, in whatever way.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise KnowledgeBaseError("is being built by another process", path) from error
        for left in folder.iterdir():
            left.unlink()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(handle)
