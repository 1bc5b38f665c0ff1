"""The base class of the sources of a knowledge base, which read files into statements."""

import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, List, Tuple

from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from bio_ie.files.corpus_report import CorpusReport, counted_as
from bio_ie.files.source import Source
from bio_ie.knowledge.statements import Statement
from bio_ie.text.counted import Phrase

SYNONYMS = Phrase("synonyms", one="synonym")
RELATIONS = Phrase("relations", one="relation")
"""Kinds of items that several sources count."""


@dataclass
class SourceReport(CorpusReport):
    """Counts what was read from a source, by kind, and what was lost."""

    read: "Counter[str]" = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [", ".join(counted_as(kind, count) for kind, count in self.read.items())]
        for reason, count in self.lost.most_common():
            lines.append(f"  lost {count:,}: {reason} (first: {self.examples.get(reason, '')})")
        return "\n".join(lines)


class KnowledgeSource(Registrable):
    """Reads files of a vocabulary into `Statement`s.

    An implementation defines `_read(source, report)`, a generator of statements. It counts in
    `report.read` what it reads, and calls `source.problem(...)` for what it has to leave out. It
    reads the file bit by bit where the format allows that.

    # Parameters

    path : `str`
        The file (gzip is recognised) or, where an implementation says so, the folder.
    on_error : `str`, optional (default = `"raise"`)
        `"raise"` stops at the first bad line with a `CorpusError` that names file, line and reason.
        `"skip"` leaves bad lines out and counts them.
    """

    merge_by: Tuple[str, ...] = ()
    """See `KnowledgeBaseWriter`; only for sources of several parts."""

    def __init__(self, path: str, on_error: str = "raise") -> None:
        if on_error not in ("raise", "skip"):
            raise ConfigurationError(f"on_error must be 'raise' or 'skip', not {on_error!r}")
        self.path = os.fspath(path)
        self.on_error = on_error

    def parts(self) -> List["KnowledgeSource"]:
        """The sources that this source consists of, the most important first."""
        return [self]

    def name(self) -> str:
        """The registered name and the name of the file, for the metadata of the knowledge base."""
        names = KnowledgeSource.list_available()
        (name,) = (name for name in names if KnowledgeSource.by_name(name) is type(self))
        return f"{name} {os.path.basename(self.path)}"

    def read(self, report: SourceReport) -> Iterator[Statement]:
        """Yields all statements. Raises `CorpusError` for a file that is missing or broken."""
        return self._read(self._source(self.path, report), report)

    def _read(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        raise NotImplementedError

    def _source(self, path: str, report: SourceReport) -> Source:
        return Source(Path(path), path, self.on_error, report)
