"""Abbreviations that a document explains, as in `methamphetamine (METH)`."""

import re
from bisect import bisect_left
from functools import lru_cache
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Set, Tuple

from scispacy.abbreviation import filter_matches, find_abbreviation

from bio_ie.text.document import Span
from bio_ie.text.tokenizers.scispacy_rules import ScispacyRulesTokenizer

_brackets = re.compile(r"[(\[]").finditer
_ENDING = frozenset(")];,:")

_MOST_WORDS = 8
"""The largest number of words between brackets in which scispaCy looks for an abbreviation."""

_tokenizer = ScispacyRulesTokenizer(split_signs="()[]")


# Names and abbreviations of a text are looked for one after the other.
@lru_cache(maxsize=4)
def words_and_brackets(text: str) -> List[Span]:
    """The offsets of words and signs. Brackets are no part of a word, as in `(METH)-induced`."""
    return _tokenizer.token_spans(text)


def find_abbreviations(text: str) -> Dict[str, str]:
    """The short forms that a text explains in brackets, each with its long form.

    They are those of scispaCy's `AbbreviationDetector` (Schwartz and Hearst 2003), whose functions
    are used, but not the matcher, which takes most of its time. This function also finds short
    forms in square brackets, and short forms that are followed by something else before the bracket
    closes: `methamphetamine (METH; 4 mg/kg)`. A short form must have a capital letter and be
    shorter than the long form; this excludes most text that is in brackets for another reason.
    """
    return dict(_found(text)) if "(" in text or "[" in text else {}


# Sentences are looked up one by one, and each asks for the abbreviations of its document.
@lru_cache(maxsize=16)
def _found(text: str) -> Tuple[Tuple[str, str], ...]:
    """Short and long forms."""
    words = _Words.of(text)
    found: Dict[str, Tuple[Any, Any]] = {}
    long_forms: Set[str] = set()
    candidates: Any = filter_matches(_between_brackets(words), words)
    for long_candidate, short_candidate in candidates:
        short, long = find_abbreviation(long_candidate, short_candidate)
        if long is not None and short.text not in found and long.text not in long_forms:
            found[short.text] = short, long
            long_forms.add(long.text)
    return tuple(
        (written, long.text)
        for short, long in found.values()
        for written in words.occurrences(short)
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

    @classmethod
    def of(cls, text: str) -> "_Words":
        text = text.encode("utf-8", "replace").decode("utf-8")  # without lone surrogates
        return cls(text, words_and_brackets(text), len(text))

    def __getitem__(self, places: slice) -> "_Words":
        spans = self.spans[places]
        _, stop, _ = places.indices(len(self.spans))
        end = self.spans[stop][0] if stop < len(self.spans) else self._end
        return _Words(self.document, spans, end)

    def __iter__(self) -> Iterator[_Word]:
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

    def occurrences(self, words: "_Words") -> Set[str]:
        """How some words are written wherever they follow each other. White space may differ."""
        wanted, number = list(words), len(words.spans)
        if number == 1:
            return {wanted[0].text}
        every = [self.document[start:end] for start, end in self.spans]
        return {
            self[first : first + number].text
            for first in range(len(every) - number + 1)
            if every[first] == wanted[0] and every[first : first + number] == wanted
        }


def _between_brackets(words: _Words) -> List[Tuple[int, int, int]]:
    """The first word between two brackets and the word after the last one, each as scispaCy's
    matcher gives them, with a number in front. Also a single word between an opening bracket and a
    sign that ends it."""
    found = []
    starts = [start for start, _ in words.spans]
    for bracket in _brackets(words.document):
        place = bisect_left(starts, bracket.start())  # a bracket is a word
        following = [
            words.document[a:b] for a, b in words.spans[place + 1 : place + _MOST_WORDS + 2]
        ]
        for after, word in enumerate(following[1:], place + 2):
            if (word == ")" and bracket.group() == "(") or (after == place + 2 and word in _ENDING):
                found.append((0, place + 1, after))
    return sorted(found, key=lambda match: match[2])
