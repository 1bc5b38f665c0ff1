"""Finds the concepts that spans of words may name."""

from typing import Iterator, List, Optional, Sequence

from bio_ie.data.fields import SpanCandidate
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.text.document import Span
from bio_ie.text.tokenizers.alignment import WordSpan


class SpanCandidates:
    """Looks up the candidate concepts of spans of words.

    # Parameters

    generator : `CandidateGenerator`
    max_width : `int`, optional
        If given, all spans of up to this many words are looked up whose first and last words have a
        letter or a digit and that have a letter. By default, only the spans that are asked for are
        looked up.
    """

    def __init__(self, generator: CandidateGenerator, max_width: Optional[int] = None) -> None:
        self._generator = generator
        self._max_width = max_width

    def __call__(
        self, text: str, words: Sequence[Span], asked_for: Sequence[WordSpan]
    ) -> List[SpanCandidate]:
        """
        # Parameters

        text : `str`
            The text of the document, whose abbreviations are expanded in spans.
        words : `Sequence[Span]`
            The character offsets of the words of a sentence.
        asked_for : `Sequence[WordSpan]`
            The spans to look up in any case: the first and last word of each, among `words`.
        """
        spans = sorted({*asked_for, *self._all_spans(text, words)})
        written = [text[words[first][0] : words[last][1]] for first, last in spans]
        found = self._generator.generate(self._generator.expanded(text, written))
        return [
            SpanCandidate(first, last, candidate.concept_id, candidate.score)
            for (first, last), candidates in zip(spans, found, strict=True)
            for candidate in candidates
        ]

    def _all_spans(self, text: str, words: Sequence[Span]) -> Iterator[WordSpan]:
        if self._max_width is None:
            return
        is_word = [any(map(str.isalnum, text[start:end])) for start, end in words]
        for first in range(len(words)):
            for last in range(first, min(first + self._max_width, len(words))):
                span = text[words[first][0] : words[last][1]]
                if is_word[first] and is_word[last] and any(map(str.isalpha, span)):
                    yield first, last
