"""The columns of PubTator lines: which lines are mentions, and the lines of facts."""

from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from bio_ie.data.corpora.fact_arguments import FactArguments
from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Fact

BREAKS = str.maketrans("\t\n\r", "   ")
"""Replaces characters that no column can hold by single spaces, so that offsets stay valid."""


def holds(columns: Sequence[str]) -> bool:
    """Whether a line can hold these columns."""
    return not any(column != column.translate(BREAKS) for column in columns)


def is_mention(columns: Sequence[str]) -> bool:
    """Whether a line is a mention. Lines of relations and of mentions can both have 4 or 5 columns,
    but relations have no number in the second column."""
    return len(columns) in (6, 7) or columns[1][:1] in tuple("-0123456789")


def fact_of_columns(columns: List[str], arguments: FactArguments) -> List[Fact]:
    """The facts of a line. Raises `BadItem` for a line that is no fact."""
    if not 4 <= len(columns) <= 5:
        raise BadItem("unknown number of columns", str(len(columns)))
    type_, head, tail = columns[1:4]
    if not (type_ and head and tail):
        raise BadItem("a relation line with an empty column", quoted("\t".join(columns)))
    novel = {"novel": columns[4]} if len(columns) == 5 else None
    return arguments.facts(type_, head, tail, metadata=novel)


class FactLines:
    """Writes facts as lines.

    # Parameters

    pmid : `str`
    arguments : `FactArguments`
        Of the document's mentions.
    """

    def __init__(self, pmid: str, arguments: FactArguments) -> None:
        self._pmid = pmid
        self._arguments = arguments

    def lines(self, facts: Sequence[Fact], report: CorpusReport, example: str) -> Iterator[str]:
        """One line for each fact. Facts that were read from one line with a composite argument, and
        of which none is missing, are written as that line."""
        for group in _groups(facts):
            columns = self._columns_as_read(group)
            if columns is not None:
                yield "\t".join(columns)
                continue
            for fact in group:
                columns = [self._pmid, fact.type, fact.head, fact.tail, *_novel(fact, report)]
                if self._means(columns, [fact]):
                    yield "\t".join(columns)
                else:
                    report.lose("fact cannot be written", f"{example}, {fact}")

    def _columns_as_read(self, group: List[Fact]) -> Optional[List[str]]:
        """The columns that the facts were read from, if these still mean the facts."""
        as_read = _arguments_of(group[0])
        if as_read is None:
            return None
        novel = (group[0].metadata or {}).get("novel")
        columns = [self._pmid, group[0].type, *as_read, *([novel] if novel is not None else [])]
        return columns if self._means(columns, group) else None

    def _means(self, columns: List[str], facts: List[Fact]) -> bool:
        if not all(isinstance(column, str) for column in columns) or not holds(columns):
            return False
        if is_mention(columns):
            return False
        try:
            read = fact_of_columns(columns, self._arguments)
        except BadItem:
            return False
        return list(map(_triple, read)) == list(map(_triple, facts))


def _groups(facts: Iterable[Fact]) -> Iterable[List[Fact]]:
    """Facts that follow each other and say that they were read from the same line."""
    groups: List[List[Fact]] = []
    for fact in facts:
        before = groups[-1] if groups else None
        if (
            before
            and _arguments_of(fact) is not None
            and (fact.type, fact.metadata) == (before[0].type, before[0].metadata)
            and _triple(fact) not in map(_triple, before)
        ):
            before.append(fact)
        else:
            groups.append([fact])
    return groups


def _arguments_of(fact: Fact) -> Optional[Tuple[str, str]]:
    value: Any = (fact.metadata or {}).get("arguments")
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value):
        return value[0], value[1]
    return None


def _novel(fact: Fact, report: CorpusReport) -> List[str]:
    metadata: Dict[str, Any] = fact.metadata or {}
    novel = metadata.get("novel")
    if novel is None:
        return []
    if isinstance(novel, str):
        return [novel]
    report.lose("novel cannot be written", str(fact))
    return []


def _triple(fact: Fact) -> Tuple[str, str, str]:
    return fact.type, fact.head, fact.tail
