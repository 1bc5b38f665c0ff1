"""PubTator: titles, abstracts and tab-separated annotations, with blank lines between documents."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.concept_id_notation import DEFAULT_PREFIXES, ConceptIdNotation
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.joined_types import with_one_type
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.counted import counted
from bio_ie.text.document import Document, Fact, Mention, Passage

_TEXT_LINE = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)

_NO_ID = "-1"

_BREAKS = str.maketrans("\t\n\r", "   ")
"""Replaces characters that no column can hold by single spaces, so that offsets stay valid."""

_LINE_BREAKS = str.maketrans("\n\r", "  ")


@CorpusFormat.register("pubtator")
class PubtatorFormat(CorpusFormat):
    """Reads and writes PubTator files, with the columns of BC5CDR, BioRED, MedMentions and PubTator
    Central.

        227508|t|A title.
        227508|a|An abstract.
        227508<TAB>2<TAB>7<TAB>title<TAB>Type<TAB>D000001|D000002
        227508<TAB>CID<TAB>D000001<TAB>D000003

    Registered as a `CorpusFormat` with name "pubtator".

    * Offsets count the characters of the title, one separator and the abstract. In the text of the
      document the separator is a line break. Its passages are `title` and `abstract`.
    * Mentions are numbered `T1`, `T2`, ... A seventh column (the names of a composite mention's
      parts) is kept as `metadata["names"]`. `ConceptIdNotation` splits the concept ids. If joining
      them would give another notation, the original one is kept as `metadata["identifier"]`.
    * `PMID<TAB>type<TAB>id<TAB>id` is a `Fact`. The fifth column of BioRED is kept as its
      `metadata["novel"]`. The ids need not occur in the mentions.
    * The second document with the same PMID gets the id `PMID#2`.

    The format does not hold relations between mentions, entities, fragments, scores, sentences or
    tokens, nor passages other than these two.

    # Parameters

    strip_prefixes : `List[str]`, optional (default = `["UMLS:"]`)
        Prefixes of ids that the knowledge base does not use. They are removed when reading, and
        added again when writing.
    types : `str`, optional (default = `"joined"`)
        What becomes of several types with commas between them, such as the semantic types
        `T116,T123` of MedMentions. `"joined"`: they are one type. `"first"`: the first one counts.
        `"rarest"`: the one counts that the fewest mentions of the file have, or the first such one;
        the file is read twice. All of them are kept as `metadata["types"]` where one counts.
    on_error : `str`, optional (default = `"raise"`)
    """

    writable = True

    def __init__(
        self,
        strip_prefixes: Optional[List[str]] = None,
        types: str = "joined",
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        if types not in ("joined", "first", "rarest"):
            raise ConfigurationError(f"types must be 'joined', 'first' or 'rarest', not {types!r}")
        self._types = types
        self._ids = ConceptIdNotation(
            DEFAULT_PREFIXES if strip_prefixes is None else strip_prefixes
        )

    # Reading

    def _read(self, source: Source) -> Iterator[Document]:
        mentions_of = _mentions_by_type(source) if self._types == "rarest" else Counter()
        for block in _blocks(source):
            yield self._document(block, source.ids.reserve(block.id), source, mentions_of)

    def _document(
        self, block: "_Block", document_id: str, source: Source, mentions_of: "Counter[str]"
    ) -> Document:
        if block.abstract is None:
            source.problem("no abstract line", f"{block.id}|a|", block.line, document_id)
        text, passages = _join(block.title, block.abstract or "")
        mentions: List[Mention] = []
        facts: List[Fact] = []
        for line, columns in block.rows:
            try:
                if _is_mention(columns):
                    mention = self._mention(columns, f"T{len(mentions) + 1}", text)
                    if self._types != "joined":
                        mention = with_one_type(mention, mentions_of)
                    mentions.append(mention)
                else:
                    facts.append(self._fact(columns))
            except BadItem as error:
                source.problem(error.reason, error.detail, line, document_id)
        return Document(document_id, text, passages, mentions=tuple(mentions), facts=tuple(facts))

    def _mention(self, columns: List[str], mention_id: str, text: str) -> Mention:
        if len(columns) < 5:
            raise BadItem("a mention needs 6 columns", f"found {len(columns)}")
        start, end = _offset(columns[1]), _offset(columns[2])
        if not start < end <= len(text):
            raise BadItem(
                "offsets are reversed or outside the text",
                f"{start}-{end} of {counted(len(text), 'character')}",
            )
        expected, found = columns[3], text[start:end]
        if expected != found and expected != found.translate(_BREAKS):
            raise BadItem(
                "mention text differs from the text at its offsets",
                f"{quoted(expected)}, but {start}-{end} is {quoted(found)}",
            )
        if not columns[4]:
            raise BadItem("mention without a type", quoted(expected))
        notation = columns[5] if len(columns) > 5 else _NO_ID
        concept_ids, metadata = self._ids.read(notation, _NO_ID)
        if len(columns) == 7:
            metadata = {**(metadata or {}), "names": columns[6].split("|")}
        return Mention(mention_id, start, end, columns[4], concept_ids, metadata=metadata)

    def _fact(self, columns: List[str]) -> Fact:
        if not 4 <= len(columns) <= 5:
            raise BadItem("unknown number of columns", str(len(columns)))
        type_, head, tail = columns[1:4]
        if not (type_ and head and tail):
            raise BadItem("a relation line with an empty column", quoted("\t".join(columns)))
        metadata: Dict[str, Any] = {}
        arguments = [self._ids.split(argument) for argument in (head, tail)]
        # A prefix is only removed from a single id: a fact has exactly one id at each end, so an
        # argument that splits into several ids is kept as it is.
        bare = [ids[0] if len(ids) == 1 else "" for ids in arguments]
        if all(bare) and bare != [head, tail]:
            metadata["arguments"] = [head, tail]
            head, tail = bare
        if len(columns) == 5:
            metadata["novel"] = columns[4]
        return Fact(type_, head, tail, metadata=metadata or None)

    # Writing

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        with atomic_writer(path) as file:
            for document in documents:
                file.write("\n".join(self._lines(document, report)) + "\n\n")

    def _lines(self, document: Document, report: CorpusReport) -> Iterator[str]:
        report.lose_fields(
            document, "sentences", "tokens", "relations",
            "mention.entity_id", "mention.fragments", "mention.score", "fact.score",
        )  # fmt: skip
        report.lose_metadata(document, mention=("identifier", "names"), fact=("arguments", "novel"))
        pmid = _pmid(document, report)
        title, abstract = _split(document, report)
        yield f"{pmid}|t|{title}"
        yield f"{pmid}|a|{abstract}"
        text, _ = _join(title, abstract)
        for mention in document.mentions:
            if not mention.type or not _holds([mention.type]) or mention.end > len(text):
                report.lose("mention cannot be written", f"{document.id!r}, {mention.id!r}")
            else:
                yield "\t".join([pmid, *self._mention_columns(document, mention, text, report)])
        for fact in document.facts:
            columns = [pmid, *self._fact_columns(fact, report)]
            if self._reads_back(fact, columns):
                yield "\t".join(columns)
            else:
                report.lose("fact cannot be written", f"document {document.id!r}, {fact}")

    def _mention_columns(
        self, document: Document, mention: Mention, text: str, report: CorpusReport
    ) -> List[str]:
        notation = self._ids.write(mention.concept_ids, mention.metadata, _NO_ID)
        if notation is None or not _holds([notation]):
            report.lose("concept ids cannot be written", f"{document.id!r}, {mention.id!r}")
            notation = _NO_ID
        written = text[mention.start : mention.end].translate(_BREAKS)
        columns = [str(mention.start), str(mention.end), written, mention.type, notation]
        names = (mention.metadata or {}).get("names")
        if names is not None:
            if isinstance(names, list) and all(_is_name(name) for name in names):
                columns.append("|".join(names))
            else:
                report.lose("names cannot be written", f"{document.id!r}, {mention.id!r}")
        return columns

    def _fact_columns(self, fact: Fact, report: CorpusReport) -> List[str]:
        metadata = fact.metadata or {}
        columns = [fact.type, fact.head, fact.tail]
        as_read = metadata.get("arguments")
        if isinstance(as_read, list) and all(isinstance(part, str) for part in as_read):
            # The fact may have changed since it was read. What was read is written only if it still
            # means this fact.
            same = [self._ids.split(part) for part in as_read] == [(fact.head,), (fact.tail,)]
            columns[1:] = as_read if same else columns[1:]
        novel = metadata.get("novel")
        if isinstance(novel, str):
            columns.append(novel)
        elif novel is not None:
            report.lose("novel cannot be written", str(fact))
        return columns

    def _reads_back(self, fact: Fact, columns: List[str]) -> bool:
        if not _holds(columns) or _is_mention(columns):
            return False
        try:
            read = self._fact(columns)
        except BadItem:
            return False
        return (read.type, read.head, read.tail) == (fact.type, fact.head, fact.tail)


@dataclass
class _Block:
    """The lines of one document."""

    id: str
    line: int
    title: str
    abstract: Optional[str] = None
    rows: List[Tuple[int, List[str]]] = field(default_factory=list)


def _blocks(source: Source) -> Iterator[_Block]:
    block: Optional[_Block] = None
    for number, line in enumerate(source.lines(), 1):
        if not line.strip():
            if block is not None:
                yield block
            block = None
            continue
        match = _TEXT_LINE.match(line)
        if match is None:
            columns = line.split("\t")
            if len(columns) == 1:
                source.problem("neither a text nor an annotation", quoted(line), number)
            elif block is None or columns[0] != block.id:
                reason = "annotation before the title of its document"
                source.problem(reason, quoted(line), number, columns[0])
            else:
                block.rows.append((number, columns))
            continue
        document_id, part, text = match.groups()
        if part == "t":
            if block is not None:
                yield block
            block = _Block(document_id, number, text)
        elif block is None or block.id != document_id:
            reason = "abstract before the title of its document"
            source.problem(reason, quoted(line), number, document_id)
        elif block.abstract is not None:
            source.problem("second abstract of a document", quoted(line), number, document_id)
        else:
            block.abstract = text
    if block is not None:
        yield block


def _is_mention(columns: Sequence[str]) -> bool:
    """Whether a line is a mention. Lines of relations and of mentions can both have 4 or 5 columns,
    but relations have no number in the second column."""
    return len(columns) in (6, 7) or columns[1][:1] in tuple("-0123456789")


def _mentions_by_type(source: Source) -> "Counter[str]":
    """How many mentions of a file have each type. Mentions of several types count for each."""
    mentions_of: Counter[str] = Counter()
    for line in source.lines():
        columns = line.split("\t")
        if len(columns) > 4 and _TEXT_LINE.match(line) is None and _is_mention(columns):
            mentions_of.update(set(columns[4].split(",")))
    return mentions_of


def _offset(column: str) -> int:
    # `int` accepts "1_0" and digits of any script, and refuses numbers with thousands of digits.
    if not (column.isascii() and column.isdigit() and len(column) < 12):
        raise BadItem("offset is not a whole number", quoted(column))
    return int(column)


def _join(title: str, abstract: str) -> Tuple[str, Tuple[Passage, ...]]:
    text = f"{title}\n{abstract}" if abstract else title
    passages = [Passage("title", 0, len(title)), Passage("abstract", len(title) + 1, len(text))]
    return text, tuple(passage for passage in passages if passage.start < passage.end)


def _split(document: Document, report: CorpusReport) -> Tuple[str, str]:
    """The title and the abstract. The text is split after its passage `title`, or at the first line
    break if there is no such passage."""
    text = document.text
    first = document.passages[0] if document.passages else None
    if (
        first
        and first.type == "title"
        and first.start == 0
        and text[first.end : first.end + 1].isspace()
    ):
        cut = first.end
    else:
        cut = text.find("\n") if "\n" in text else len(text)
    title, abstract = (part.translate(_LINE_BREAKS) for part in (text[:cut], text[cut + 1 :]))
    written, passages = _join(title, abstract)
    if (written[:cut], written[cut + 1 :]) != (text[:cut], text[cut + 1 :]) or len(written) < len(
        text
    ):
        report.lose("line breaks of a text cannot be written", f"document {document.id!r}")
    places = {(passage.type, passage.start, passage.end) for passage in passages}
    others = [p for p in document.passages if (p.type, p.start, p.end) not in places]
    report.lose("passages cannot be written", f"document {document.id!r}", len(others))
    return title, abstract


def _pmid(document: Document, report: CorpusReport) -> str:
    pmid = re.sub(r"[|\t\n\r]", "_", document.id) or "_"
    if pmid != document.id or not pmid.strip():
        pmid = pmid if pmid.strip() else "_"
        report.lose("document id cannot be written", f"document {document.id!r}")
    return pmid


def _holds(columns: Sequence[str]) -> bool:
    return not any(column != column.translate(_BREAKS) for column in columns)


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and "|" not in name and _holds([name])
