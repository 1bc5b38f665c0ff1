"""Finds the names of concepts in a text."""

import re
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Sequence

from allennlp.common.checks import ConfigurationError
from spacy.lang.en.stop_words import STOP_WORDS

from bio_ie.knowledge.abbreviations import expand_abbreviations
from bio_ie.knowledge.candidate_generators.candidate_generator import Candidate, CandidateGenerator
from bio_ie.knowledge.name_spans import NameSpans
from bio_ie.knowledge.word_parts import BREAK, WORD, words_and_signs
from bio_ie.text.document import Span

_has_latin_letter = re.compile("[A-Za-z]").search


class DictionaryMatch(NamedTuple):
    """A stretch of a text, and the concepts that it may name (at least one)."""

    start: int
    end: int
    candidates: List[Candidate]


class DictionaryMatcher:
    """
    Looks up every span of a text with a candidate generator. With the generator `exact`, this is a
    dictionary matcher that asks the knowledge base once for all spans of all texts. The types of
    mentions are not used.

    A span begins and ends with a word that has a letter or a digit, and has at least
    `min_characters`. It does not cross a line break or one of `.;:?!` that stands by itself. A stop
    word alone (`was`, `all`) is not looked up unless it is written in capitals (`ALL`), and neither
    is a number. Abbreviations are looked up by their long forms if the generator expands them.

    # Parameters

    generator : `CandidateGenerator`
    max_width : `int`, optional (default = `8`)
        The largest number of words in a span. Punctuation that stands by itself, such as a hyphen,
        does not count as a word.
    min_characters : `int`, optional (default = `2`)
    """

    def __init__(
        self, generator: CandidateGenerator, max_width: int = 8, min_characters: int = 2
    ) -> None:
        for name, value in (("max_width", max_width), ("min_characters", min_characters)):
            if value < 1:
                raise ConfigurationError(f"{name} must be positive, got {value}")
        self._generator = generator
        self._max_width = max_width
        self._min_characters = min_characters
        self._name_spans: Optional[NameSpans] = None

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_name_spans": None}  # a mapped file cannot be pickled

    def match(
        self,
        texts: Sequence[str],
        longest_only: bool = False,
        contexts: Optional[Sequence[str]] = None,
    ) -> List[List[DictionaryMatch]]:
        """
        Finds the names of concepts in some texts.

        # Parameters

        texts : `Sequence[str]`
        longest_only : `bool`, optional (default = `False`)
            Whether only the longest of overlapping matches is kept, or the first one of the longest
            matches. By default, nested and overlapping matches are all kept.
        contexts : `Sequence[str]`, optional (default = `texts`)
            The document that each text is from, whose abbreviations are expanded.

        # Returns

        `List[List[DictionaryMatch]]`
            The matches in each text, ordered by start and then by end.
        """
        contexts = texts if contexts is None else contexts
        expand = self._generator.abbreviations
        known = {context: expand(context) for context in dict.fromkeys(contexts)}
        abbreviations = [known[context] for context in contexts]
        spans = self._spans(texts, abbreviations)
        queries: List[str] = []
        for text, forms, spans_of_text in zip(texts, abbreviations, spans, strict=True):
            written = [text[start:end] for start, end in spans_of_text]
            queries += [expand_abbreviations(w, forms) for w in written] if forms else written
        found = iter(self._generator.generate(queries))
        result = []
        for spans_of_text in spans:
            candidates = [(span, next(found)) for span in spans_of_text]
            matches = [DictionaryMatch(*span, found_) for span, found_ in candidates if found_]
            result.append(longest_matches(matches) if longest_only else matches)
        return result

    def _spans(
        self, texts: Sequence[str], abbreviations: Sequence[Mapping[str, str]]
    ) -> List[List[Span]]:
        """The spans to look up, without those that the generator's filter of names excludes."""
        names = self._generator.name_filter()
        spans: Iterable[Iterable[Span]]
        if names is None:
            spans = map(self._all_spans, texts)
        else:
            if self._name_spans is None or self._name_spans.names is not names:
                self._name_spans = NameSpans(names, self._max_width)
            spans = self._name_spans.find(texts, abbreviations)
        return [
            [
                (start, end)
                for start, end in spans_of_text
                if end - start >= self._min_characters and _may_be_name(text[start:end])
            ]
            for text, spans_of_text in zip(texts, spans, strict=True)
        ]

    def _all_spans(self, text: str) -> Iterator[Span]:
        for words in _stretches(text):
            for first, (start, _) in enumerate(words):
                for _, end in words[first : first + self._max_width]:
                    yield start, end


def _stretches(text: str) -> Iterator[List[Span]]:
    """Runs of words that a span may not extend beyond."""
    words: List[Span] = []
    line_end = text.find("\n")
    for start, end, kind in words_and_signs(text):
        if 0 <= line_end < start:
            yield words
            words = []
            line_end = text.find("\n", end)
        if kind == WORD:
            words.append((start, end))
        elif kind == BREAK:
            yield words
            words = []
    yield words


def longest_matches(matches: Sequence[DictionaryMatch]) -> List[DictionaryMatch]:
    """The longest matches, ordered by start.

    A match is dropped if it overlaps with a longer match that is kept, or with a kept match of the
    same length that begins before it.
    """
    kept: List[DictionaryMatch] = []
    is_taken = bytearray(max((match.end for match in matches), default=0))
    for match in sorted(matches, key=lambda match: (match.start - match.end, match.start)):
        if not any(is_taken[match.start : match.end]):
            is_taken[match.start : match.end] = b"\1" * (match.end - match.start)
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _may_be_name(text: str) -> bool:
    if text.lower() in STOP_WORDS:
        return text.isupper() and len(text) > 1
    return _has_latin_letter(text) is not None or any(map(str.isalpha, text))
