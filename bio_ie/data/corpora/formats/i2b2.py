"""The i2b2/VA 2010 shared task: concepts and relations with line:token offsets."""

import re
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Set, Tuple

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.mention_texts import agrees
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention, Relation, Span

_CONCEPT = r'c="(.*)" ([0-9]{1,9}):([0-9]{1,9}) ([0-9]{1,9}):([0-9]{1,9})'
CONCEPT_LINE = re.compile(rf'{_CONCEPT}\|\|t="([^"]+)"\s*')
RELATION_LINE = re.compile(rf'{_CONCEPT}\|\|r="([^"]+)"\|\|{_CONCEPT}\s*')
WORD = re.compile(r"\S+")
BETWEEN_SPACES = re.compile(r"(?:^|(?<= ))[^ ]*")
SENTENCE = re.compile(r"\S(?:[^\n]*\S)?")


@CorpusFormat.register("i2b2")
class I2b2Format(CorpusFormat):
    """Reads records of three files each (Uzuner et al., 2011): `NAME.txt` with one sentence per
    line, `NAME.con` with lines `c="text" line:token line:token||t="type"`, and `NAME.rel` with
    lines `c=...||r="type"||c=...`. Lines count from 1, tokens from 0, ends are inclusive.

    Registered as a `CorpusFormat` with name "i2b2". Reads one `.txt`, a glob pattern, or a folder
    of such files. The three files of a record are in the same folder or, as in the official
    release, in the folders `txt`, `concept` and `rel`. The id of the document is `NAME`, its
    `sentences` are the lines, and its `tokens` are the words between white space.

    A record needs its `.con`. Its `.rel` may be missing if the folder has no `.rel` at all. The
    text of a concept in these files may differ from the record in case and in white space. If a
    line of the record has several spaces in a row, the text of the concept decides whether its
    offsets count words or single spaces.
    """

    def _read(self, source: Source) -> Iterator[Document]:
        if not source.path.is_dir():
            yield from _read_record(source)
            return
        records = sorted(source.path.glob("*.txt")) or sorted(source.path.glob("txt/*.txt"))
        for path in records:
            yield from _read_record(_of(source, path))


def _read_record(source: Source) -> Iterator[Document]:
    document_id = Path(source.name).stem
    document = None
    with skippable(source, document_id):
        concepts = _companion(source.path, "concept", ".con")
        if concepts is None:
            raise BadItem("record has no concept file", f"{source.path.stem}.con")
        record = _Record(document_id, list(source.lines()))
        record.read_concepts(_of(source, concepts))
        relations = _companion(source.path, "rel", ".rel")
        if relations is not None:
            record.read_relations(_of(source, relations))
        elif _folder_has(source.path.parent, "rel", ".rel"):
            with skippable(source, document_id):
                raise BadItem("record has no relation file", f"{source.path.stem}.rel")
        document = record.document()
    if document is not None:
        yield document


def _of(source: Source, path: Path) -> Source:
    return Source(path, str(path), source.on_error, source.report)


def _companion(record: Path, folder: str, ending: str) -> Optional[Path]:
    name = record.stem + ending
    for path in (record.with_name(name), record.parent.parent / folder / name):
        if path.is_file():
            return path
    return None


def _folder_has(records: Path, folder: str, ending: str) -> bool:
    return any(
        next(place.glob(f"*{ending}"), None) is not None
        for place in (records, records.parent / folder)
    )


class _Record:
    """One record while its files are read."""

    def __init__(self, document_id: str, lines: List[str]) -> None:
        self.id = document_id
        self.lines = lines
        self.text = "\n".join(lines)
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.mentions: List[Mention] = []
        self.relations: Dict[Relation, None] = {}  # a set that keeps the file's order

    def document(self) -> Document:
        return Document(
            self.id,
            self.text,
            sentences=tuple(match.span() for match in SENTENCE.finditer(self.text)),
            tokens=tuple(match.span() for match in WORD.finditer(self.text)),
            mentions=tuple(self.mentions),
            relations=tuple(self.relations),
        )

    def read_concepts(self, source: Source) -> None:
        known: Set[Tuple[Span, str]] = set()
        for line in source.lines():
            if not line.strip():
                continue
            with skippable(source, self.id):
                match = CONCEPT_LINE.fullmatch(line)
                if match is None:
                    raise BadItem("not a concept line", f"{line!r:.80}")
                span = self._span(source.report, *match.groups()[:5])
                type_ = match[6]
                if (span, type_) in known:
                    raise BadItem("concept is listed twice", f"{line!r:.80}")
                known.add((span, type_))
                self.mentions.append(Mention(f"T{len(self.mentions) + 1}", *span, type_))

    def read_relations(self, source: Source) -> None:
        by_span: Dict[Span, List[Mention]] = {}
        for mention in self.mentions:
            by_span.setdefault(mention.span, []).append(mention)
        for line in source.lines():
            if not line.strip():
                continue
            with skippable(source, self.id):
                match = RELATION_LINE.fullmatch(line)
                if match is None:
                    raise BadItem("not a relation line", f"{line!r:.80}")
                groups = match.groups()
                head, tail = (
                    self._argument(by_span, self._span(CorpusReport(), *groups[first : first + 5]))
                    for first in (0, 6)
                )
                relation = Relation(match[6], head, tail)
                if relation in self.relations:
                    raise BadItem("relation is listed twice", f"{line!r:.80}")
                self.relations[relation] = None

    def _argument(self, by_span: Dict[Span, List[Mention]], span: Span) -> str:
        mentions = by_span.get(span, [])
        if len(mentions) != 1:
            count = "no concept" if not mentions else "several concepts"
            raise BadItem(f"argument of a relation is {count}", repr(self.text[slice(*span)])[:80])
        return mentions[0].id

    def _span(
        self, report: CorpusReport, text: str, line: str, token: str, end_line: str, end_token: str
    ) -> Span:
        """The character span of a concept that is given by its text and its line:token offsets."""
        found = ""
        places: List[Span] = []
        for pattern in (WORD, BETWEEN_SPACES):
            first = self._token(pattern, int(line), int(token))
            last = self._token(pattern, int(end_line), int(end_token))
            if first is None or last is None or first[0] >= last[1]:
                continue
            found = self.text[first[0] : last[1]]
            if found.casefold().split() == text.casefold().split():
                return first[0], last[1]
            places.append((first[0], last[1]))
        for start, end in places:
            if agrees(text, self.text[start:end], report):
                return start, end
        place = f"{line}:{token} {end_line}:{end_token}"
        if found:
            raise BadItem("concept's text differs", f"{text!r:.80} but {found!r:.80} at {place}")
        raise BadItem("concept is outside the record or reversed", f"{text!r:.80} at {place}")

    def _token(self, pattern: "re.Pattern[str]", line: int, token: int) -> Optional[Span]:
        if not 1 <= line <= len(self.lines):
            return None
        for number, match in enumerate(pattern.finditer(self.lines[line - 1])):
            if number == token:
                start = self.starts[line - 1]
                return start + match.start(), start + match.end()
        return None
