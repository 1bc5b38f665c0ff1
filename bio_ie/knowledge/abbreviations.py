"""Abbreviations that a document explains, as in `methamphetamine (METH)`."""

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
    """The short forms that a text explains in brackets, each with its long form.

    scispaCy's `AbbreviationDetector` (Schwartz and Hearst 2003) finds them. This function also
    finds short forms in square brackets, and short forms that are followed by something else
    before the bracket closes: `methamphetamine (METH; 4 mg/kg)`. A short form must have a capital
    letter and be shorter than the long form; this excludes most text that is in brackets for
    another reason.
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
    """Replaces each short form that is a word of `text` by its long form. `METH-induced` has the
    word `METH`. Only a short form with the same letters in capitals is replaced."""
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
    """scispaCy's detector. It keeps every word that it has seen, so it is replaced by a new one
    after many texts."""

    def __init__(self) -> None:
        # Brackets would otherwise be part of a word, as in `(METH)-induced`.
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
            # A text without abbreviations causes a warning about a matcher without patterns.
            warnings.simplefilter("ignore", UserWarning)
            return self._detector(Doc(self._vocab, words=words, spaces=spaces))


def _new_detector() -> Tuple[spacy.vocab.Vocab, AbbreviationDetector]:
    language = spacy.blank("en")
    detector = AbbreviationDetector(language)
    detector.matcher.add("opened", [[_OPENING, {}, _ENDING]])
    return language.vocab, detector


@cache
def _detectors() -> _Detectors:
    """The detector of this process."""
    return _Detectors()
