"""Words by scispaCy's rules."""

import re
import warnings
from functools import cache
from typing import Dict, List

import spacy
from allennlp.data import Token, Tokenizer
from scispacy.custom_tokenizer import combined_rule_tokenizer

from bio_ie.text.document import Span

_MAX_STRETCH = 256
_stretches = re.compile(rf"\S{{1,{_MAX_STRETCH}}}").finditer
_lone_surrogates = re.compile("[\ud800-\udfff]")


@Tokenizer.register("scispacy_rules")
class ScispacyRulesTokenizer(Tokenizer):
    """Splits a text into words as scispaCy does: spaCy's English tokenizer with rules that keep
    chemical and gene names together. Needs no model.

    Each stretch between white space is split by itself and remembered, so a word is split in the
    same way wherever it stands; spaCy also looks for its exceptions (emoticons among them) across
    spaces, which is left out. White space is part of no token, and all else is part of exactly
    one. A stretch beyond 256 characters is cut there: spaCy's time grows with the square of it.

    Registered as a `Tokenizer` with name "scispacy_rules".

    # Parameters

    split_signs : `str`, optional (default = `""`)
        Signs that scispaCy keeps inside words and that shall be words by themselves wherever they
        stand. Nine in a hundred mentions of BC5CDR, BioRelEx and ADE end inside a word without it
        ("cocaine-induced"), one in a hundred with `"-–/"`, for 7 % more words. A word that a
        mention ends in can be cut there in training, but not in a text to predict from.
    """

    def __init__(self, split_signs: str = "") -> None:
        self._split_signs = split_signs

    def tokenize(self, text: str) -> List[Token]:
        """Tokens with `text`, `idx` and `idx_end`, such that `text[idx:idx_end]` is the token."""
        return [Token(text[start:end], start, end) for start, end in self.token_spans(text)]

    def token_spans(self, text: str) -> List[Span]:
        """The offsets alone, several times as fast."""
        splits = _stretch_splits(self._split_signs)
        spans: List[Span] = []
        for match in _stretches(text):
            start = match.start()
            for piece_start, piece_end in splits[match.group()]:
                spans.append((start + piece_start, start + piece_end))
        return spans


class _StretchSplits(Dict[str, List[Span]]):
    """How each stretch seen so far is split.

    Beyond `max_size` it forgets everything and takes a new spaCy tokenizer, which for its part
    keeps every string it has seen: memory does not grow with the corpus.
    """

    def __init__(self, split_signs: str = "", max_size: int = 200_000) -> None:
        super().__init__()
        signs = re.escape(split_signs)
        self._parts = re.compile(f"[{signs}]|[^{signs}]+" if signs else ".+", re.DOTALL).finditer
        self._max_size = max_size
        self._tokenizer = _spacy_tokenizer()

    def __missing__(self, stretch: str) -> List[Span]:
        if len(self) >= self._max_size:
            self.clear()
            self._tokenizer = _spacy_tokenizer()
        # spaCy keeps strings as UTF-8, which has no surrogates; only the offsets are used.
        document = self._tokenizer(_lone_surrogates.sub("\ufffd", stretch))
        spans = [
            (token.idx + part.start(), token.idx + part.end())
            for token in document
            for part in self._parts(token.text)
        ]
        self[stretch] = spans
        return spans


@cache
def _stretch_splits(split_signs: str) -> _StretchSplits:
    """One a process and setting, made when first used; the tokenizer itself holds nothing, so it
    can be pickled."""
    return _StretchSplits(split_signs)


def _spacy_tokenizer() -> spacy.tokenizer.Tokenizer:
    with warnings.catch_warnings():
        # About the form of a regular expression of scispaCy's.
        warnings.simplefilter("ignore", FutureWarning)
        return combined_rule_tokenizer(spacy.blank("en"))
