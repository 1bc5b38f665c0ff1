"""The SQLite file of a knowledge base: its tables, and the function that opens it."""

import os
import sqlite3
from pathlib import Path
from typing import Iterator, Tuple
from urllib.parse import quote

SCHEMA_VERSION = 1
"""Increased with every change that older versions of this program cannot read."""

APPLICATION_ID = 0x62696F6B
"""Distinguishes a knowledge base from other SQLite files: `biok` in ASCII."""

MAPPED_BYTES = 1 << 40
"""The part of the file that is mapped into memory: all of it, or as much as SQLite was compiled to
allow."""

HAS_TYPE = "has_type"
"""The relation of a concept to its semantic types."""

TABLES = {
    "concept": "id TEXT PRIMARY KEY, name TEXT NOT NULL, definition TEXT",
    # The preferred name has position 0, and the aliases follow.
    "alias": "concept TEXT, position INTEGER, name TEXT NOT NULL, normalized TEXT NOT NULL, "
    "PRIMARY KEY (concept, position)",
    "alternate_id": "concept TEXT, id TEXT, PRIMARY KEY (concept, id)",
    "semantic_type": "concept TEXT, type TEXT, PRIMARY KEY (concept, type)",
    # Ordered by head and then tail, because subgraphs ask for the edges between two concepts with
    # many relations.
    "relation": "head TEXT, type TEXT, tail TEXT, PRIMARY KEY (head, tail, type)",
    "evidence": "head TEXT, type TEXT, tail TEXT, document TEXT, "
    "PRIMARY KEY (head, tail, type, document)",
    "type": "id TEXT PRIMARY KEY, name TEXT NOT NULL",
    "type_relation": "head TEXT, type TEXT, tail TEXT, PRIMARY KEY (head, tail, type)",
    # Every name that an edge can have, `has_type` and inverse ones included.
    "relation_type": "name TEXT PRIMARY KEY, inverse TEXT NOT NULL",
    # The prefixes of ids; `own` is 1 for a concept's own id and 0 for an alternate one.
    "prefix": "name TEXT, own INTEGER, PRIMARY KEY (name, own)",
    "meta": "key TEXT PRIMARY KEY, value TEXT NOT NULL",
}
"""The columns of each table. The fingerprint covers all tables except `meta`."""

INDICES = {
    "alias_by_normalized": "alias (normalized, concept)",
    "alternate_id_by_id": "alternate_id (id, concept)",
    "semantic_type_by_type": "semantic_type (type, concept)",
}

_HEADER_BYTES = 100
_MAGIC = b"SQLite format 3\x00"


class KnowledgeBaseError(ValueError):
    """Raised for a knowledge base that cannot be read or built. The message names the file, the
    reason and, where there is one, the remedy."""

    def __init__(self, reason: str, path: "str | os.PathLike[str] | None" = None) -> None:
        super().__init__(reason if path is None else f"{os.fspath(path)}: {reason}")
        self.reason = reason
        self.path = None if path is None else os.fspath(path)

    def __reduce__(self) -> Tuple[object, ...]:
        return type(self), (self.reason, self.path)


def create_statements() -> Iterator[str]:
    """SQL that makes the empty tables. Rows are stored in key order (`WITHOUT ROWID`)."""
    yield f"PRAGMA application_id = {APPLICATION_ID}"
    yield f"PRAGMA user_version = {SCHEMA_VERSION}"
    for table, columns in TABLES.items():
        # Except for concepts: definitions are long, and with long rows only few fit on a page of a
        # key-ordered table.
        suffix = "" if table == "concept" else " WITHOUT ROWID"
        yield f"CREATE TABLE {table} ({columns}){suffix}"


def open_knowledge_base(path: str) -> sqlite3.Connection:
    """Opens a read-only connection to a knowledge base. It takes no locks, so any number of
    processes can share the file, also on a read-only disk.

    Raises `KnowledgeBaseError` for a file that is missing, is not a knowledge base, was cut off, or
    has another schema version.
    """
    _check_file(path)
    uri = f"file:{quote(os.path.abspath(path))}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        # With a mapped file, processes share the pages that one of them has read, and no page is
        # copied.
        connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        _check_content(connection, path)
    except sqlite3.DatabaseError as error:
        raise broken(path, error) from error
    return connection


def broken(path: str, error: sqlite3.Error) -> KnowledgeBaseError:
    """The error to raise for an error of SQLite while reading."""
    return KnowledgeBaseError(f"the file is damaged ({error}); build it again with build-kb", path)


def _check_file(path: str) -> None:
    """Checks the header of the file, before SQLite opens it."""
    if not os.path.exists(path):
        raise KnowledgeBaseError(
            "there is no such file; build a knowledge base with build-kb", path
        )
    try:
        size = Path(path).stat().st_size
        with open(path, "rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise KnowledgeBaseError(f"cannot be read: {error.strerror or error}", path) from error
    if not header.startswith(_MAGIC) or len(header) < _HEADER_BYTES:
        raise KnowledgeBaseError(
            "is not a knowledge base (not a SQLite file); build one with build-kb", path
        )
    # https://www.sqlite.org/fileformat.html: page size at 16 (1 means 65536), page count at 28,
    # schema version of the application at 60, its id at 68.
    page_size = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    version = int.from_bytes(header[60:64], "big")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise KnowledgeBaseError("is a SQLite file, but not a knowledge base", path)
    if version != SCHEMA_VERSION:
        raise KnowledgeBaseError(
            f"has schema version {version}, and this program reads version {SCHEMA_VERSION}; "
            "build it again with build-kb",
            path,
        )
    expected = pages * (65536 if page_size == 1 else page_size)
    if size != expected:
        raise KnowledgeBaseError(
            f"the file is damaged ({size:,} bytes instead of {expected:,}); "
            "copy it or build it again",
            path,
        )


def _check_content(connection: sqlite3.Connection, path: str) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if tables.issuperset(TABLES):
        query = "SELECT value FROM meta WHERE key = 'fingerprint'"
        if connection.execute(query).fetchone() is not None:
            return
    raise KnowledgeBaseError("is incomplete; build it again with build-kb", path)
