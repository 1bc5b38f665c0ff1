"""The sentences of a document, with the annotations that belong to each sentence."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Dict, Iterable, Iterator, List, Protocol, Sequence, Tuple

from bio_ie.text.document import Document, Mention, Relation, Span
from bio_ie.text.invisible import is_visible


class SpanSplitter(Protocol):
    """Anything that splits a text into the character spans of its sentences."""

    def sentence_spans(self, text: str) -> List[Span]: ...


@dataclass(frozen=True)
class Sentence:
    """A sentence of a document. All its offsets are offsets in the document.

    # Parameters

    document : `Document`
    start, end : `int`
        Character offsets of the sentence.
    mentions : `Tuple[Mention, ...]`
        The mentions that begin in the sentence, including those that end after it.
    relations : `Tuple[Relation, ...]`
        The relations whose head begins in the sentence. The tail may be in another sentence. So
        every mention and every relation of a document belongs to exactly one of its sentences.
    """

    document: Document
    start: int
    end: int
    mentions: Tuple[Mention, ...] = ()
    relations: Tuple[Relation, ...] = ()

    @property
    def text(self) -> str:
        return self.document.text[self.start : self.end]

    def token_spans(self) -> List[Span]:
        """The corpus's own tokens in the sentence, as offsets in the document. The list is empty if
        the corpus has none."""
        tokens = self.document.tokens
        first = bisect_left(tokens, (self.start, self.start))
        return list(
            takewhile(lambda token: token[1] <= self.end, islice(tokens, first, len(tokens)))
        )


@dataclass(frozen=True)
class SentenceInContext(Sentence):
    """A sentence with the spans of the sentences around it.

    # Parameters

    before, after : `Tuple[Span, ...]`
        The spans of the sentences before and after, in text order. They are empty at the beginning
        and at the end of the document.
    starts : `Tuple[int, ...]`
        The offset where the sentence begins. If the "sentence" is several sentences in a row, the
        offsets where each of them begins.
    """

    before: Tuple[Span, ...] = ()
    after: Tuple[Span, ...] = ()
    starts: Tuple[int, ...] = ()


def sentence_spans(document: Document, splitter: SpanSplitter) -> List[Span]:
    """The spans of the document's sentences. They are

    * the document's own sentences, if it has some;
    * otherwise, if the corpus tokenised the document, the whole text as one sentence;
    * otherwise the sentences that the splitter finds in each passage.

    A text without a visible character has no sentence, unless the document itself says so.
    """
    if document.sentences:
        return list(document.sentences)
    if document.tokens:
        return [(0, len(document.text))] if is_visible(document.text) else []
    spans = []
    for start, end in _regions(document):
        for sentence_start, sentence_end in splitter.sentence_spans(document.text[start:end]):
            if is_visible(document.text[start + sentence_start : start + sentence_end]):
                spans.append((start + sentence_start, start + sentence_end))
    return spans


def _regions(document: Document) -> Iterator[Span]:
    """The spans of the passages and of the text between them."""
    position = 0
    for passage in document.passages:
        if position < passage.start:
            yield position, passage.start
        yield passage.start, passage.end
        position = passage.end
    if position < len(document.text):
        yield position, len(document.text)


def joined_across(spans: Sequence[Span], mentions: Iterable[Mention]) -> List[Span]:
    """The spans, with neighbours joined wherever a mention crosses the border between them. The
    spans are in text order, before and after."""
    joined: List[Span] = []
    crossed = iter(sorted(mention.span for mention in mentions))
    mention = next(crossed, None)
    reach = -1  # the largest end of the mentions that have begun so far
    for start, end in spans:
        if joined and start < reach:
            start = joined.pop()[0]
        joined.append((start, end))
        while mention is not None and mention[0] < end:
            reach = max(reach, mention[1])
            mention = next(crossed, None)
    return joined


def split_document(document: Document, spans: Sequence[Span]) -> List[Sentence]:
    """Splits a document into the sentences with these spans, each with its annotations. A mention
    that begins outside all sentences goes to the nearest sentence before it, or to the first
    sentence if there is none before it. So no mention is lost."""
    if not spans:
        return []
    starts = [start for start, _ in spans]
    mentions: Dict[int, List[Mention]] = defaultdict(list)
    relations: Dict[int, List[Relation]] = defaultdict(list)
    sentence_of: Dict[str, int] = {}
    for mention in document.mentions:
        index = max(0, bisect_right(starts, mention.start) - 1)
        mentions[index].append(mention)
        sentence_of[mention.id] = index
    for relation in document.relations:
        relations[sentence_of[relation.head]].append(relation)
    return [
        Sentence(document, start, end, tuple(mentions[index]), tuple(relations[index]))
        for index, (start, end) in enumerate(spans)
    ]
