"""Facts by the paper that they were curated from, as databases publish them."""

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
"""Of each file, where it lies and what the user called it."""


class CuratedFact(NamedTuple):
    """A fact and the PubMed id of a paper that says it."""

    paper: int
    relation: str
    head: str
    tail: str


class FactReader(Protocol):
    """Reads the facts of one file. What it passes over on purpose it notes in the report of the
    source. It is hashable: equal ones read the same facts of the same files."""

    @property
    def other_files(self) -> Tuple[str, ...]:
        """Files that decide what is read, besides those with the facts."""
        ...

    def facts(self, source: Source) -> Iterator[CuratedFact]: ...

    def __hash__(self) -> int: ...


class FactTable:
    """Facts in memory, 20 bytes each; a fact that a paper has twice is one.

    # Parameters

    facts : `Iterable[CuratedFact]`
    report : `CorpusReport`, optional
        Of what was lost and noted while they were read.
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
        order = np.lexsort(columns[::-1])  # by paper, then as relations and concepts came
        columns = [column[order] for column in columns]
        is_new = np.ones(len(order), dtype=bool)
        is_new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
        self._papers, *self._triples = (column[is_new] for column in columns)

    def __len__(self) -> int:
        return len(self._papers)

    def of_paper(self, paper: str) -> List[Triple]:
        """The facts of a paper; none for an id that is no PubMed id."""
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
    # `int` takes "1_0" and digits of any script, and an array no number beyond 64 bits.
    return text.isascii() and text.isdigit() and len(text) < 12


def fact_table(reader: FactReader, files: Files, on_error: str) -> FactTable:
    """The facts of some files. A process reads them once, whoever asks, as long as the files do not
    change; forked ones share what was read before.

    Raises `CorpusError` for a file that cannot be read.
    """
    paths = [path for path, _ in files] + list(reader.other_files)
    return _fact_table(reader, files, on_error, tuple(map(_stamp, paths)))


def _stamp(path: str) -> Tuple[int, int]:
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0  # reading it will say what is wrong
    return status.st_size, status.st_mtime_ns


@lru_cache(CACHED_TABLES)
def _fact_table(
    reader: FactReader, files: Files, on_error: str, stamps: Tuple[Tuple[int, int], ...]
) -> FactTable:
    report = CorpusReport()
    sources = (Source(Path(path), name, on_error, report) for path, name in files)
    return FactTable((fact for source in sources for fact in reader.facts(source)), report)
