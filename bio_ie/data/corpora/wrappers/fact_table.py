"""Tables of facts that databases publish, indexed by the paper that a fact was curated from."""

import os
from array import array
from functools import lru_cache
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, NamedTuple, Protocol, Tuple

import numpy as np

from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source

CACHED_TABLES = 4

Triple = Tuple[str, str, str]
"""Relation, head, tail."""

Files = Tuple[Tuple[str, str], ...]
"""For each file, its local path and the name that the user gave it."""


class CuratedFact(NamedTuple):
    """A fact, and the PubMed id of a paper that states it."""

    paper: int
    relation: str
    head: str
    tail: str


class FactReader(Protocol):
    """Reads the facts of one file. Facts that it leaves out on purpose are counted in `noted` of
    the source's report. It is hashable: equal readers read the same facts from the same files."""

    @property
    def other_files(self) -> Tuple[str, ...]:
        """Other files on which the facts depend, besides the files with the facts."""
        ...

    def facts(self, source: Source) -> Iterator[CuratedFact]: ...

    def __hash__(self) -> int: ...


class FactTable:
    """A table of facts in memory, which takes 20 bytes per fact. If a paper has a fact twice, the
    table has it once.

    # Parameters

    facts : `Iterable[CuratedFact]`
    report : `CorpusReport`
        The report of what was lost and noted while the facts were read.
    """

    def __init__(self, facts: Iterable[CuratedFact], report: CorpusReport) -> None:
        numbers: Dict[str, int] = {}
        papers, triples = array("q"), (array("i"), array("i"), array("i"))
        for fact in facts:
            papers.append(fact.paper)
            for column, name in zip(triples, fact[1:], strict=True):
                column.append(numbers.setdefault(name, len(numbers)))
        self._names = list(numbers)
        self.report = report
        columns = [np.asarray(column) for column in (papers, *triples)]
        order = np.lexsort(columns[::-1])  # by paper, then by the first occurrence of the names
        columns = [column[order] for column in columns]
        is_new = np.ones(len(order), dtype=bool)
        is_new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
        self._papers, *self._triples = (column[is_new] for column in columns)

    def __len__(self) -> int:
        return len(self._papers)

    def of_paper(self, paper: str) -> List[Triple]:
        """The facts of a paper; empty for an id that is not a PubMed id."""
        if not is_pubmed_id(paper):
            return []
        first, last = np.searchsorted(self._papers, [int(paper), int(paper) + 1])
        columns = (column[first:last].tolist() for column in self._triples)
        names = self._names
        return [
            (names[relation], names[head], names[tail])
            for relation, head, tail in zip(*columns, strict=True)
        ]


def is_pubmed_id(text: str) -> bool:
    # `int` accepts "1_0" and digits of any script, and an array holds no number beyond 64 bits.
    return text.isascii() and text.isdigit() and len(text) < 12


def fact_table(reader: FactReader, files: Files, on_error: str) -> FactTable:
    """The facts of some files. A process reads the files only once, unless they change. Forked
    processes share the facts that were read before the fork.

    Raises `CorpusError` for a file that cannot be read.
    """
    paths = [path for path, _ in files] + list(reader.other_files)
    return _fact_table(reader, files, on_error, tuple(map(_stamp, paths)))


def _stamp(path: str) -> Tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0  # reading the file will raise a better error
    return status.st_size, status.st_mtime_ns


@lru_cache(CACHED_TABLES)
def _fact_table(
    reader: FactReader, files: Files, on_error: str, stamps: Tuple[Tuple[int, int], ...]
) -> FactTable:
    report = CorpusReport()
    sources = (Source(Path(path), name, on_error, report) for path, name in files)
    return FactTable((fact for source in sources for fact in reader.facts(source)), report)
