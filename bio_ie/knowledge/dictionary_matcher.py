"""Finds the names of concepts in a text."""

import re
from functools import cache
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from spacy.lang.en.stop_words import STOP_WORDS

from bio_ie.knowledge.abbreviations import words_and_brackets
from bio_ie.knowledge.candidate_generators.candidate_generator import Candidate, CandidateGenerator
from bio_ie.knowledge.name_filter import NameFilter
from bio_ie.knowledge.name_spans import NameSpans
from bio_ie.text.document import Span

_BREAKS = frozenset(".;:?!")
_MAX_TOKENS = 1 << 18

_cut = re.compile("[-–/]|[^-–/]+").finditer
_has_letter_or_digit = re.compile(r"[^\W_]").search


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
        queries: List[str] = []
        contexts = texts if contexts is None else contexts
        spans: List[List[Span]] = []
        for text, context in zip(texts, contexts, strict=True):
            spans.append(list(self._spans(text, context)))
            written = [text[start:end] for start, end in spans[-1]]
            queries += self._generator.expanded(context, written)
        found = iter(self._generator.generate(queries))
        result = []
        for spans_of_text in spans:
            candidates = [(span, next(found)) for span in spans_of_text]
            matches = [DictionaryMatch(*span, found_) for span, found_ in candidates if found_]
            result.append(longest_matches(matches) if longest_only else matches)
        return result

    def _spans(self, text: str, context: str) -> Iterator[Span]:
        """The spans to look up, without those that the generator's filter of names excludes."""
        names = self._generator.name_filter()
        spans = self._all_spans(text) if names is None else self._names(text, context, names)
        for start, end in spans:
            if end - start >= self._min_characters and _may_be_name(text[start:end]):
                yield start, end

    def _all_spans(self, text: str) -> Iterable[Span]:
        for words in self._stretches(text):
            for first, (start, _) in enumerate(words):
                for _, end in words[first : first + self._max_width]:
                    yield start, end

    def _names(self, text: str, context: str, names: NameFilter) -> Iterable[Span]:
        if self._name_spans is None or self._name_spans.names is not names:
            self._name_spans = NameSpans(names, self._max_width)
        abbreviations = self._generator.abbreviations(context)
        return self._name_spans.find(text, list(self._stretches(text)), abbreviations)

    def _stretches(self, text: str) -> Iterator[List[Span]]:
        """Runs of words that a span may not extend beyond."""
        words: List[Span] = []
        parts = _parts()
        line_end = text.find("\n")
        for token_start, token_end in words_and_brackets(text):
            if 0 <= line_end < token_start:
                yield words
                words = []
                line_end = text.find("\n", token_end)
            for start, end, kind in parts[text[token_start:token_end]]:
                if kind == _WORD:
                    words.append((token_start + start, token_start + end))
                elif kind == _BREAK:
                    yield words
                    words = []
        yield words


_SIGN, _WORD, _BREAK = range(3)
"""Kinds of parts of tokens: a word has a letter or a digit, and a stretch ends at a break."""


class _Parts(Dict[str, Tuple[Tuple[int, int, int], ...]]):
    """A cache of the parts of tokens: where they begin and end, and their kind. A name can also end
    at a hyphen or slash, as in `cocaine-induced`. The cache is cleared when it has `_MAX_TOKENS`
    tokens."""

    def __missing__(self, token: str) -> Tuple[Tuple[int, int, int], ...]:
        if len(self) >= _MAX_TOKENS:
            self.clear()
        parts = tuple((*part.span(), _kind(part.group())) for part in _cut(token))
        self[token] = parts
        return parts


def _kind(part: str) -> int:
    if part in _BREAKS:
        return _BREAK
    return _WORD if _has_letter_or_digit(part) else _SIGN


@cache
def _parts() -> _Parts:
    """The cache of this process."""
    return _Parts()


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
    return any(character.isalpha() for character in text)
