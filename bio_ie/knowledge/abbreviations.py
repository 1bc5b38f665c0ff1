"""Abbreviations that a document explains, as in `methamphetamine (METH)`."""

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import accumulate
from operator import itemgetter
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Set, Tuple

from scispacy.abbreviation import filter_matches, find_abbreviation

from bio_ie.knowledge.word_parts import words_and_brackets, words_and_brackets_of_chunk
from bio_ie.text.document import Span

_brackets = re.compile(r"[(\[]").finditer
_ENDING = frozenset(")];,:")

_MOST_WORDS = 8
"""The largest number of words between brackets in which scispaCy looks for an abbreviation."""

_MOST_SHORT_WORDS = 3
"""More words between brackets are the long form of the word before the bracket."""


def find_abbreviations(text: str) -> Dict[str, str]:
    """The short forms that a text explains in brackets, each with its long form.

    They are those of scispaCy's `AbbreviationDetector` (Schwartz and Hearst 2003), whose functions
    are used, but not the matcher, which takes most of its time. This function also finds short
    forms in square brackets, and short forms that are followed by something else before the bracket
    closes: `methamphetamine (METH; 4 mg/kg)`. A short form must have a capital letter and be
    shorter than the long form; this excludes most text that is in brackets for another reason.
    """
    return dict(_found(text)) if "(" in text or "[" in text else {}


# Mentions are found and then linked, or sentences looked up one by one, and each time the
# abbreviations of all documents of a batch are asked for.
@lru_cache(maxsize=64)
def _found(text: str) -> Tuple[Tuple[str, str], ...]:
    """Short and long forms."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # without lone surrogates
    found: Dict[str, Tuple[Any, Any]] = {}
    long_forms: Set[str] = set()
    for words, place, after in _between_brackets(text):
        candidates: Any = filter_matches([(0, place, after)], words)
        for long_candidate, short_candidate in candidates:
            short, long = find_abbreviation(long_candidate, short_candidate)
            if long is not None and short.text not in found and long.text not in long_forms:
                found[short.text] = short, long
                long_forms.add(long.text)
    return tuple(
        (written, long.text)
        for short, long in found.values()
        for written in _occurrences(text, short)
        if written != written.lower() and len(written) < len(long.text)
    )


def expand_abbreviations(text: str, abbreviations: Mapping[str, str]) -> str:
    """Replaces each short form that is a word of `text` by its long form. `METH-induced` has the
    word `METH`. Only a short form with the same letters in capitals is replaced."""
    if text in abbreviations:
        return abbreviations[text]
    places = [
        (begin, -len(form), form)
        for form in abbreviations
        if form in text
        for begin in _places(text, form)
    ]
    expanded: List[str] = []
    position = 0
    for begin, _, form in sorted(places):  # of forms that begin in one place, the longest
        if begin >= position:
            expanded += (text[position:begin], abbreviations[form])
            position = begin + len(form)
    return "".join([*expanded, text[position:]])


def _places(text: str, form: str) -> Iterator[int]:
    """Where a short form is a word of a text."""
    begin = text.find(form)
    while begin >= 0:
        end = begin + len(form)
        if not is_word_character(text[begin - 1 : begin]) and not is_word_character(
            text[end : end + 1]
        ):
            yield begin
        begin = text.find(form, begin + 1)


def is_word_character(text: str) -> bool:
    """Whether a character belongs to a word, as `\\w` does. An empty text does not."""
    return text.isalnum() or text == "_"


class _Word(str):
    """A word with what scispaCy's functions take from a token of spaCy."""

    text_with_ws: str

    @property
    def text(self) -> str:
        return self


class _Words:
    """The words of a text with what scispaCy's functions take from a document of spaCy.

    # Parameters

    text : `str`
    spans : `Sequence[Span]`
        The offsets of the words.
    end : `int`
        Where the next word begins, or the end of the text.
    """

    def __init__(self, text: str, spans: Sequence[Span], end: int) -> None:
        self.document = text
        self.spans = spans
        self._end = end
        self._words: List[_Word] = []

    def __getitem__(self, places: slice) -> "_Words":
        spans = self.spans[places]
        _, stop, _ = places.indices(len(self.spans))
        end = self.spans[stop][0] if stop < len(self.spans) else self._end
        return _Words(self.document, spans, end)

    def __iter__(self) -> Iterator[_Word]:
        if not self._words:
            self._words = list(self._made())
        return iter(self._words)

    def _made(self) -> Iterator[_Word]:
        starts = [start for start, _ in self.spans[1:]] + [self._end]
        for (start, end), next_start in zip(self.spans, starts, strict=True):
            word = _Word(self.document[start:end])
            word.text_with_ws = f"{word} " if end < next_start else word
            yield word

    @property
    def text(self) -> str:
        if not self.spans:
            return ""
        # Words hold every character that is not white space.
        return " ".join(self.document[self.spans[0][0] : self.spans[-1][1]].split())


def _occurrences(text: str, words: _Words) -> Set[str]:
    """How some words are written wherever they follow each other. White space may differ."""
    wanted, number = list(words), len(words.spans)
    if number == 1:
        return {wanted[0].text}
    document = _Words(text, words_and_brackets(text), len(text))
    every = [text[start:end] for start, end in document.spans]
    return {
        document[first : first + number].text
        for first in range(len(every) - number + 1)
        if every[first] == wanted[0] and every[first : first + number] == wanted
    }


class _WordsAround:
    """Finds the words around places of a text, from space to space, as few as are needed."""

    def __init__(self, text: str) -> None:
        self._chunks = text.replace("\n", " ").split(" ")
        self._starts = [0, *accumulate(len(chunk) + 1 for chunk in self._chunks)]
        self._known: Dict[int, List[Span]] = {}

    def __call__(
        self, position: int, num_before: int, num_after: int, limit: int
    ) -> Tuple[List[Span], int]:
        """The word that begins at a position, and at least so many words before and after it as the
        text has, but none that is needed after `limit`; and the place of the word among them."""
        first = last = bisect_right(self._starts, position) - 1
        spans = self._words(first)
        place = bisect_left(spans, (position, position))
        while (
            len(spans) <= place + num_after
            and last + 1 < len(self._chunks)
            and self._starts[last + 1] <= limit
        ):
            last += 1
            spans = spans + self._words(last)
        while place < num_before and first:
            first -= 1
            earlier = self._words(first)
            spans, place = earlier + spans, place + len(earlier)
        return spans, place

    def _words(self, number: int) -> List[Span]:
        if number not in self._known:
            offset = self._starts[number]
            words = words_and_brackets_of_chunk(self._chunks[number])
            self._known[number] = [(offset + start, offset + end) for start, end in words]
        return self._known[number]


def _between_brackets(text: str) -> List[Tuple[_Words, int, int]]:
    """What is between two brackets, and single words between an opening bracket and a sign that
    ends them: some words of the text, the place of the first one after the bracket, and the place
    after the last one. It is left out if scispaCy would leave it out because of its short form."""
    found: List[Tuple[int, _Words, int, int]] = []
    around = _WordsAround(text)
    for bracket in _brackets(text):
        begin = bracket.start()
        limit = text.find(")", begin)
        if limit < 0 or text.find("(", begin + 1, limit) >= 0:
            limit = len(text)
        # A bracket is a word. To scispaCy, nothing ends after the bracket that closes it.
        spans, place = around(begin, 0, _MOST_WORDS + 2, limit)
        ends: List[int] = []
        num_before = 0
        following = [text[start:end] for start, end in spans[place + 1 : place + _MOST_WORDS + 2]]
        for length, word in enumerate(following[1:], 1):
            if (word == ")" and bracket[0] == "(") or (length == 1 and word in _ENDING):
                if length > _MOST_SHORT_WORDS:
                    num_before = max(num_before, 2)
                elif _may_be_short_form(text, spans[place + 1 : place + 1 + length]):
                    # What scispaCy takes into account of a long form, and a word before it.
                    size = sum(map(len, following[:length]))
                    num_before = max(num_before, min(size + 5, size * 2) + 1)
                else:
                    continue
                ends.append(length)
        if not ends:
            continue
        spans, place = around(begin, num_before, _MOST_WORDS + 2, limit)
        words = _Words(text, spans, len(text))
        for length in ends:
            after = place + 1 + length
            if length <= _MOST_SHORT_WORDS or _may_be_short_form(text, spans[:place][-1:]):
                found.append((spans[after][0], words, place + 1, after))
    return [match for _, *match in sorted(found, key=itemgetter(0))]  # type: ignore[misc]


def _may_be_short_form(text: str, spans: Sequence[Span]) -> bool:
    """Whether words may pass scispaCy's `short_form_filter`, which also looks at other letters than
    the first."""
    return (
        bool(spans)
        and text[spans[0][0]].isalpha()
        and all(2 <= end - start < 10 for start, end in spans)
    )
