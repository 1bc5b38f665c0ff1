"""Abbreviations that a document explains: `methamphetamine (METH)`."""

import re
import warnings
from functools import cache, lru_cache
from typing import Dict, FrozenSet, Mapping, Tuple

import spacy
from scispacy.abbreviation import AbbreviationDetector
from spacy.tokens import Doc

from bio_ie.text.tokenizers.scispacy_rules import ScispacyRulesTokenizer

_MAX_TEXTS = 10_000

_OPENING = {"ORTH": {"IN": ["(", "["]}}
_ENDING = {"ORTH": {"IN": [")", "]", ";", ",", ":"]}}


def find_abbreviations(text: str) -> Dict[str, str]:
    """The short forms that a text explains in brackets, and their long forms.

    They are found by scispaCy's `AbbreviationDetector` (Schwartz and Hearst 2003), to which it
    adds short forms in square brackets, and such as are followed by something else before the
    bracket closes: `methamphetamine (METH; 4 mg/kg)`. A short form has a capital letter and is
    shorter than the long form; this sorts out most of what is in brackets for another reason.
    """
    return dict(_found(text)) if "(" in text or "[" in text else {}


# Sentences are looked up one by one, and each asks for the abbreviations of its document.
@lru_cache(maxsize=16)
def _found(text: str) -> Tuple[Tuple[str, str], ...]:
    """Short and long forms."""
    document = _detectors().detect(text)
    return tuple(
        (short.text, short._.long_form.text)
        for short in document._.abbreviations
        if short.text != short.text.lower() and len(short.text) < len(short._.long_form.text)
    )


def expand_abbreviations(text: str, abbreviations: Mapping[str, str]) -> str:
    """Puts the long form in the place of each short form that is a word of `text` (`METH-induced`
    has the word `METH`), with the same letters in capitals."""
    if not abbreviations:
        return text
    return _short_forms(frozenset(abbreviations)).sub(
        lambda match: abbreviations[match.group()], text
    )


@lru_cache(maxsize=256)
def _short_forms(forms: FrozenSet[str]) -> "re.Pattern[str]":
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


class _Detectors:
    """scispaCy's detector, taken anew after many texts: it keeps every word that it has seen."""

    def __init__(self) -> None:
        # Brackets would otherwise be part of a word as in `(METH)-induced`.
        self._tokenizer = ScispacyRulesTokenizer(split_signs="()[]")
        self._vocab, self._detector = _new_detector()
        self._num_texts = 0

    def detect(self, text: str) -> Doc:
        if self._num_texts >= _MAX_TEXTS:
            self._vocab, self._detector = _new_detector()
            self._num_texts = 0
        self._num_texts += 1
        text = text.encode("utf-8", "replace").decode("utf-8")  # spaCy keeps words as UTF-8
        spans = self._tokenizer.token_spans(text)
        words = [text[start:end] for start, end in spans]
        starts = [start for start, _ in spans[1:]] + [len(text)]
        spaces = [end < start for (_, end), start in zip(spans, starts, strict=True)]
        with warnings.catch_warnings():
            # About a matcher without patterns, which is a text without abbreviations.
            warnings.simplefilter("ignore", UserWarning)
            return self._detector(Doc(self._vocab, words=words, spaces=spaces))


def _new_detector() -> Tuple[spacy.vocab.Vocab, AbbreviationDetector]:
    language = spacy.blank("en")
    detector = AbbreviationDetector(language)
    detector.matcher.add("opened", [[_OPENING, {}, _ENDING]])
    return language.vocab, detector


@cache
def _detectors() -> _Detectors:
    """One a process."""
    return _Detectors()
