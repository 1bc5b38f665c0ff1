"""The ADE corpus: drugs and the adverse effects that they cause, one relation per line."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention, Relation, Span

DRUG = "Drug"
EFFECT = "Adverse-Effect"
RELATION = "Adverse-Effect"


class _Line(NamedTuple):
    """One relation, in document offsets."""

    sentence: str
    effect: Span
    drug: Span
    effect_text: str
    drug_text: str


class _Pair(NamedTuple):
    """One relation, in sentence offsets."""

    effect: Span
    drug: Span


@dataclass
class _Sentence:
    text: str
    offset: int
    """The offset at which the sentence begins in its abstract."""
    pairs: List[_Pair]


@CorpusFormat.register("ade")
class AdeFormat(CorpusFormat):
    """Reads `DRUG-AE.rel` (Gurulingappa et al., 2012), which has one relation per line with the
    fields `pmid|sentence|effect|start|end|drug|start|end`. Offsets count characters of the whole
    abstract.

    Registered as a `CorpusFormat` with name "ade". Reads the whole file at once.

    The file does not contain the offset of a sentence in its abstract, so it is computed. The
    offset of an argument minus a position of its text in the sentence is a possible offset of the
    sentence. It must be possible for both arguments of a line. If there are several such offsets,
    the one that is possible for the most lines of the sentence is taken, and among these the
    smallest. A sentence that the abstract repeats becomes one sentence for each of its offsets.

    Mentions have the type of their column, `Drug` or `Adverse-Effect`. The relation
    `Adverse-Effect` goes from the effect (head) to the drug (tail), as in the version of the
    corpus that SpERT made common. White space at the ends of an argument is removed.

    # Parameters

    group_by : `str`, optional (default = `"document"`)
        `"document"` makes one `Document` per abstract. Its text is the sentences that the file
        lists, in the order of the abstract, joined by a space. They are marked in `sentences`, and
        `metadata["sentence_offsets"]` has their offsets in the abstract. `"sentence"` makes one
        `Document` per sentence, with the id `PMID.1`, `PMID.2`, ... and with `pmid` and
        `sentence_offset` in its `metadata`.
    overlapping : `bool`, optional (default = `True`)
        `False` drops relations whose two arguments overlap. Then, of mentions that still overlap,
        it drops the shorter one with its relations. A sentence without any relation left is kept.
    """

    streams = False

    def __init__(
        self, group_by: str = "document", overlapping: bool = True, on_error: str = "raise"
    ) -> None:
        super().__init__(on_error)
        if group_by not in ("document", "sentence"):
            raise ConfigurationError(
                f"group_by of ade must be 'document' or 'sentence', not {group_by!r}"
            )
        self.group_by = group_by
        self.overlapping = overlapping

    def _read(self, source: Source) -> Iterator[Document]:
        abstracts: Dict[str, Dict[str, List[_Line]]] = {}
        known: Set[Tuple[str, _Line]] = set()
        for text in source.lines():
            if not text:
                continue
            with skippable(source):
                pmid, line = _parse(text)
                if (pmid, line) in known:
                    raise BadItem("relation is listed twice")
                known.add((pmid, line))
                abstracts.setdefault(pmid, {}).setdefault(line.sentence, []).append(line)
        for pmid, by_text in abstracts.items():
            sentences = [
                sentence for text, lines in by_text.items() for sentence in _place(text, lines)
            ]
            sentences.sort(key=lambda sentence: (sentence.offset, len(sentence.text)))
            if not self.overlapping:
                for sentence in sentences:
                    sentence.pairs = _without_overlaps(sentence.pairs)
            if self.group_by == "document":
                offsets = [sentence.offset for sentence in sentences]
                yield _document(pmid, sentences, {"pmid": pmid, "sentence_offsets": offsets})
            else:
                for number, sentence in enumerate(sentences, 1):
                    metadata = {"pmid": pmid, "sentence_offset": sentence.offset}
                    yield _document(f"{pmid}.{number}", [sentence], metadata)


def _parse(text: str) -> Tuple[str, _Line]:
    fields = text.split("|")
    if len(fields) < 8:
        raise BadItem("a line needs 8 fields", f"found {len(fields)}")
    # If a line has more bars, they are assumed to be in the sentence, which is the longest text.
    pmid, sentence = fields[0], "|".join(fields[1:-6])
    effect, drug = fields[-6], fields[-3]
    if not pmid:
        raise BadItem("PubMed id is missing")
    effect_span, effect = _trimmed(_span(fields[-5:-3], effect), effect)
    drug_span, drug = _trimmed(_span(fields[-2:], drug), drug)
    line = _Line(sentence, effect_span, drug_span, effect, drug)
    if not _beginnings(line):
        raise BadItem(
            "the sentence does not have both arguments at their offsets",
            f"{effect!r} at {line.effect}, {drug!r} at {line.drug}",
        )
    return pmid, line


def _trimmed(span: Span, text: str) -> Tuple[Span, str]:
    """The span and text of an argument without white space at its ends, which two of the published
    arguments have."""
    start = span[0] + len(text) - len(text.lstrip())
    text = text.strip()
    if not text:
        raise BadItem("argument is blank")
    return (start, start + len(text)), text


def _span(offsets: List[str], text: str) -> Span:
    # At most nine digits: `int` raises another error for numbers with thousands of digits.
    if not all(offset.isascii() and offset.isdigit() and len(offset) <= 9 for offset in offsets):
        raise BadItem("offsets must be whole numbers", f"found {offsets!r:.80}")
    start, end = map(int, offsets)
    if start >= end:
        raise BadItem("offsets are reversed or empty", f"{start}-{end}")
    if end - start != len(text):
        raise BadItem(
            "offsets differ from the length of their text", f"{start}-{end} for {text!r:.80}"
        )
    return start, end


def _beginnings(line: _Line) -> Set[int]:
    """The offsets in the abstract at which the sentence can begin, according to this line."""
    effect = {line.effect[0] - place for place in _places(line.sentence, line.effect_text)}
    drug = {line.drug[0] - place for place in _places(line.sentence, line.drug_text)}
    return {beginning for beginning in effect & drug if beginning >= 0}


def _places(sentence: str, text: str) -> Iterator[int]:
    place = sentence.find(text)
    while place >= 0:
        yield place
        place = sentence.find(text, place + 1)


def _place(text: str, lines: List[_Line]) -> List[_Sentence]:
    """The sentence with its relations in sentence offsets, once for each of its offsets in the
    abstract."""
    allowed = [_beginnings(line) for line in lines]
    votes: Dict[int, int] = {}
    for beginnings in allowed:
        for beginning in beginnings:
            votes[beginning] = votes.get(beginning, 0) + 1
    sentences: Dict[int, _Sentence] = {}
    for line, beginnings in zip(lines, allowed, strict=True):
        offset = min(beginnings, key=lambda beginning: (-votes[beginning], beginning))
        sentence = sentences.setdefault(offset, _Sentence(text, offset, []))
        sentence.pairs.append(_Pair(_shift(line.effect, -offset), _shift(line.drug, -offset)))
    return list(sentences.values())


def _shift(span: Span, distance: int) -> Span:
    return span[0] + distance, span[1] + distance


def _overlap(first: Span, second: Span) -> bool:
    return first[0] < second[1] and second[0] < first[1]


def _without_overlaps(pairs: List[_Pair]) -> List[_Pair]:
    pairs = [pair for pair in pairs if not _overlap(pair.effect, pair.drug)]
    mentions = {(pair.effect, EFFECT) for pair in pairs} | {(pair.drug, DRUG) for pair in pairs}
    kept: Set[Tuple[Span, str]] = set()
    for span, type_ in sorted(mentions, key=lambda item: (item[0][0] - item[0][1], item)):
        if not any(_overlap(span, other) for other, _ in kept):
            kept.add((span, type_))
    return [pair for pair in pairs if (pair.effect, EFFECT) in kept and (pair.drug, DRUG) in kept]


def _document(
    document_id: str, sentences: List[_Sentence], metadata: Dict[str, object]
) -> Document:
    ends = [end - 1 for end in accumulate(len(sentence.text) + 1 for sentence in sentences)]
    spans = [(end - len(sentence.text), end) for sentence, end in zip(sentences, ends, strict=True)]
    pairs = [
        _Pair(_shift(pair.effect, start), _shift(pair.drug, start))
        for sentence, (start, _) in zip(sentences, spans, strict=True)
        for pair in sentence.pairs
    ]
    mentions = {(pair.effect, EFFECT) for pair in pairs} | {(pair.drug, DRUG) for pair in pairs}
    ids = {mention: f"T{number}" for number, mention in enumerate(sorted(mentions), 1)}
    return Document(
        document_id,
        " ".join(sentence.text for sentence in sentences),
        sentences=tuple(spans),
        mentions=tuple(Mention(id_, *span, type_) for (span, type_), id_ in ids.items()),
        relations=tuple(
            Relation(RELATION, ids[pair.effect, EFFECT], ids[pair.drug, DRUG]) for pair in pairs
        ),
        metadata=metadata,
    )
