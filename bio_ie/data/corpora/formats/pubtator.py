"""PubTator: titles, abstracts and tab-separated annotations, with blank lines between documents."""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.concept_id_notation import DEFAULT_PREFIXES, ConceptIdNotation
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.fact_arguments import FactArguments
from bio_ie.data.corpora.formats.pubtator_lines import (
    BREAKS,
    FactLines,
    fact_of_columns,
    holds,
    is_mention,
)
from bio_ie.data.corpora.mention_texts import check_mention_text
from bio_ie.data.joined_types import with_one_type
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.counted import counted
from bio_ie.text.document import Document, Fact, Mention, Passage

_TEXT_LINE = re.compile(r"([^|\t]+)\|([ta])\|(.*)", re.DOTALL)

_NO_ID = "-1"

_RSID = "RSID:"
"""How tmVar begins a column with the number of a variant in dbSNP."""

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
      document the separator is a line break. Its passages are `title` and `abstract`. The abstract
      may be missing.
    * Mentions are numbered `T1`, `T2`, ... A seventh column (the names of a composite mention's
      parts) is kept as `metadata["names"]`, or as `metadata["rsid"]` if it is the number of a
      variant in dbSNP (tmVar). Further columns are kept as `metadata["columns"]`.
      `ConceptIdNotation` splits the concept ids. If joining them would give another notation, the
      original one is kept as `metadata["identifier"]`.
    * `PMID<TAB>type<TAB>id<TAB>id` is a `Fact`, or several if an id is composite (see
      `FactArguments`). The fifth column of BioRED is kept as `metadata["novel"]`. The ids need not
      occur in the mentions; facts whose ids do not are counted.
    * The second document with the same PMID gets the id `PMID#2`.

    The format does not hold relations between mentions, entities, fragments, scores, sentences or
    tokens, nor passages other than these two.

    # Parameters

    strip_prefixes : `List[str]`, optional (default = `["UMLS:"]`)
        Prefixes of ids that the knowledge base does not use. They are removed when reading, and
        added again when writing.
    default_type : `str`, optional (default = `None`)
        The type of mentions without one. Without it, such a mention is an error.
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
        default_type: Optional[str] = None,
        types: str = "joined",
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        if types not in ("joined", "first", "rarest"):
            raise ConfigurationError(f"types must be 'joined', 'first' or 'rarest', not {types!r}")
        self._default_type = default_type
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
        text, passages = _join(block.title, block.abstract or "")
        mentions: List[Mention] = []
        rest: List[Tuple[int, List[str]]] = []
        for line, columns in block.rows:
            if not is_mention(columns):
                rest.append((line, columns))
                continue
            with skippable(source, document_id, line):
                mention = self._mention(columns, f"T{len(mentions) + 1}", text, source.report)
                if self._types != "joined":
                    mention = with_one_type(mention, mentions_of)
                mentions.append(mention)
        arguments = FactArguments(self._ids, mentions)
        facts: List[Fact] = []
        for line, columns in rest:
            with skippable(source, document_id, line):
                facts.extend(fact_of_columns(columns, arguments))
        arguments.note_unknown(facts, source.report)
        return Document(document_id, text, passages, mentions=tuple(mentions), facts=tuple(facts))

    def _mention(
        self, columns: List[str], mention_id: str, text: str, report: CorpusReport
    ) -> Mention:
        if len(columns) < 5:
            raise BadItem("a mention needs 6 columns", f"found {len(columns)}")
        start, end = _offset(columns[1]), _offset(columns[2])
        if not start < end <= len(text):
            raise BadItem(
                "offsets are reversed or outside the text",
                f"{start}-{end} of {counted(len(text), 'character')}",
            )
        check_mention_text(columns[3], [text[start:end]], f"{start}-{end}", report)
        type_ = columns[4] or self._default_type
        if not type_:
            raise BadItem("mention without a type", quoted(columns[3]))
        notation = columns[5] if len(columns) > 5 else _NO_ID
        concept_ids, remembered = self._ids.read(notation, _NO_ID)
        metadata = {**(remembered or {}), **_more(columns[6:])}
        return Mention(mention_id, start, end, type_, concept_ids, metadata=metadata or None)

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
        report.lose_metadata(
            document,
            mention=("identifier", "names", "rsid", "columns"),
            fact=("arguments", "novel"),
        )
        pmid = _pmid(document, report)
        title, abstract = _split(document, report)
        yield f"{pmid}|t|{title}"
        yield f"{pmid}|a|{abstract}"
        text, _ = _join(title, abstract)
        for mention in document.mentions:
            if not mention.type or not holds([mention.type]) or mention.end > len(text):
                report.lose("mention cannot be written", f"{document.id!r}, {mention.id!r}")
            else:
                yield "\t".join([pmid, *self._mention_columns(document, mention, text, report)])
        facts = FactLines(pmid, FactArguments(self._ids, document.mentions))
        yield from facts.lines(document.facts, report, f"document {document.id!r}")

    def _mention_columns(
        self, document: Document, mention: Mention, text: str, report: CorpusReport
    ) -> List[str]:
        notation = self._ids.write(mention.concept_ids, mention.metadata, _NO_ID)
        if notation is None or not holds([notation]):
            report.lose("concept ids cannot be written", f"{document.id!r}, {mention.id!r}")
            notation = _NO_ID
        written = text[mention.start : mention.end].translate(BREAKS)
        columns = [str(mention.start), str(mention.end), written, mention.type, notation]
        more = _more_columns(mention.metadata or {})
        if more is None:
            is_rsid = (mention.metadata or {}).get("rsid") is not None
            what = "number in dbSNP" if is_rsid else "names"
            report.lose(f"{what} cannot be written", f"{document.id!r}, {mention.id!r}")
        return columns + (more or [])


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


def _more(columns: Sequence[str]) -> Dict[str, Any]:
    """The metadata of the columns behind the concept ids."""
    if not columns:
        return {}
    is_rsid = columns[0].startswith(_RSID)
    metadata: Dict[str, Any] = {"rsid": columns[0]} if is_rsid else {"names": columns[0].split("|")}
    return {**metadata, "columns": list(columns[1:])} if columns[1:] else metadata


def _more_columns(metadata: Mapping[str, Any]) -> Optional[List[str]]:
    """The columns of which `_more` made `metadata`; `None` if no columns can hold it."""
    names, rsid, rest = (metadata.get(key) for key in ("names", "rsid", "columns"))
    if rsid is not None:
        first = rsid if isinstance(rsid, str) and rsid.startswith(_RSID) else None
    elif isinstance(names, list) and all(isinstance(name, str) for name in names):
        first = "|".join(names)
    elif names is None:
        return [] if rest is None else None
    else:
        first = None
    if first is None or not isinstance(rest or [], list):
        return None
    columns = [first, *(rest or [])]
    is_held = all(isinstance(column, str) for column in columns) and holds(columns)
    return columns if is_held and _more(columns).items() <= metadata.items() else None


def _mentions_by_type(source: Source) -> "Counter[str]":
    """How many mentions of a file have each type. Mentions of several types count for each."""
    mentions_of: Counter[str] = Counter()
    for line in source.lines():
        columns = line.split("\t")
        if len(columns) > 4 and _TEXT_LINE.match(line) is None and is_mention(columns):
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
