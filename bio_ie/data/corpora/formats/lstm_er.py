"""ACE 2004 and 2005 in the form that the scripts of LSTM-ER make: lines of sentences with stand-off
annotations."""

import re
from pathlib import Path
from typing import Dict, Iterator, List, Set

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.mention_texts import agrees
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention, Relation

TEXT_ENDING = ".split.txt"
NUMBER = "[0-9]{1,9}"
ENTITY = re.compile(rf"(T ?\S+)\t(\S+) ({NUMBER}) ({NUMBER})\t(.*)")
RELATION = re.compile(r"(R ?\S+)\t(\S+) Arg1:(\S+) Arg2:(\S+)\s*")
SENTENCE = re.compile(r"\S(?:[^\n]*\S)?")


@CorpusFormat.register("lstm_er")
class LstmErFormat(CorpusFormat):
    """Reads `NAME.split.txt`, which has one sentence per line, and `NAME.split.ann` next to it
    (Miwa and Bansal, 2016). The latter has entity lines `T1<TAB>Type start end<TAB>text`, with
    character offsets into the text file, end exclusive, and relation lines
    `R1<TAB>Type Arg1:T1 Arg2:T2`.

    Registered as a `CorpusFormat` with name "lstm_er". Reads one `NAME.split.txt`, a folder of
    such files, or a glob pattern. The id of the document is `NAME`, and its `sentences` are the
    lines.
    """

    def _read(self, source: Source) -> Iterator[Document]:
        if not source.path.is_dir():
            yield from _read_pair(source)
            return
        for path in sorted(source.path.glob(f"*{TEXT_ENDING}")):
            yield from _read_pair(Source(path, str(path), source.on_error, source.report))


def _read_pair(source: Source) -> Iterator[Document]:
    annotations = source.path.with_suffix(".ann")
    document = None
    name = Path(source.name).name
    document_id = name.removesuffix(TEXT_ENDING)
    with skippable(source, document_id):
        if document_id == name:
            raise BadItem(f"the name of the file does not end in {TEXT_ENDING}")
        if not annotations.is_file():
            raise BadItem("text has no annotation file", annotations.name)
        text = source.text()
        companion = Source(annotations, str(annotations), source.on_error, source.report)
        document = _Annotations(companion, document_id, text).document()
    if document is not None:
        yield document


class _Annotations:
    """Reads the annotation file of one text."""

    def __init__(self, source: Source, document_id: str, text: str) -> None:
        self.source = source
        self.id = document_id
        self.text = text
        self.mentions: Dict[str, Mention] = {}
        self.relations: List[Relation] = []
        self.relation_ids: Set[str] = set()

    def document(self) -> Document:
        relation_lines = []
        for line in self.source.lines():
            with skippable(self.source, self.id):
                if line.startswith("T"):
                    self._entity(line)
                elif line.startswith("R"):
                    relation_lines.append((self.source.line, line))
                elif line.strip():
                    raise BadItem("line begins neither with T nor with R", f"{line!r:.80}")
        # A relation may stand before its arguments.
        for number, line in relation_lines:
            with skippable(self.source, self.id, number):
                self._relation(line)
        return Document(
            self.id,
            self.text,
            sentences=tuple(match.span() for match in SENTENCE.finditer(self.text)),
            mentions=tuple(self.mentions.values()),
            relations=tuple(self.relations),
        )

    def _entity(self, line: str) -> None:
        match = ENTITY.fullmatch(line)
        if match is None:
            raise BadItem("not an entity line", f"{line!r:.80}")
        id_, type_, start, end, text = match[1], match[2], int(match[3]), int(match[4]), match[5]
        if id_ in self.mentions:
            raise BadItem("entity id is used twice", id_)
        if not 0 <= start < end <= len(self.text):
            raise BadItem("entity is outside the text", f"{id_} at {start}-{end}")
        found = self.text[start:end].replace("\n", " ")
        if not agrees(text, found, self.source.report):
            raise BadItem("entity's text differs", f"{text!r:.80} but {found!r:.80} for {id_}")
        self.mentions[id_] = Mention(id_, start, end, type_)

    def _relation(self, line: str) -> None:
        match = RELATION.fullmatch(line)
        if match is None:
            raise BadItem("not a relation line", f"{line!r:.80}")
        id_, type_, head, tail = match.groups()
        if id_ in self.relation_ids:
            raise BadItem("relation id is used twice", id_)
        for argument in (head, tail):
            if argument not in self.mentions:
                raise BadItem("argument of a relation is not an entity", argument)
        self.relation_ids.add(id_)
        self.relations.append(Relation(type_, head, tail))
