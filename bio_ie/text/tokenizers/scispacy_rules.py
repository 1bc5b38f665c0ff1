"""A word tokenizer with scispaCy's rules."""

import re
import warnings
from functools import cache
from typing import Dict, List, Sequence, Tuple

import spacy
from allennlp.data import Token, Tokenizer
from scispacy.custom_tokenizer import combined_rule_tokenizer

from bio_ie.text.document import Span
from bio_ie.text.invisible import INVISIBLE, WHITE_SPACE

_MAX_STRETCH = 256
_EMOJI = "\u20e3\U0001f000-\U0001faff"
"""Emoji with their modifiers. spaCy cuts off all but a few of them anyway."""
_ALONE = INVISIBLE + _EMOJI
_stretches = re.compile(rf"[^{WHITE_SPACE}{_ALONE}]{{1,{_MAX_STRETCH}}}|[{_ALONE}]").finditer
_plain_word = re.compile(
    r"(\(?)((?:[A-Za-z0-9]+-)*[A-Za-z0-9]+)([,;:)]?|(?<=[a-z0-9])\.)"
).fullmatch
_range_or_unit = re.compile(r"[0-9]-[0-9]|[0-9][A-Za-z]+\Z").search
_lone_surrogates = re.compile("[\ud800-\udfff]")


@Tokenizer.register("scispacy_rules")
class ScispacyRulesTokenizer(Tokenizer):
    """Splits a text into words as scispaCy does: spaCy's English tokenizer with rules that keep
    chemical and gene names together. Needs no model.

    Each stretch between white space is split by itself, and its split is cached, so a word is split
    in the same way wherever it stands. Unlike spaCy, this tokenizer does not look for exceptions
    (such as emoticons) across spaces. White space is part of no token, and every other character is
    part of exactly one token. An emoji is a token of its own, and so is an invisible character
    (`bio_ie.text.invisible`), which readers leave out. A stretch is cut after every 256 characters,
    because the time of spaCy grows with the square of its length.

    Registered as a `Tokenizer` with name "scispacy_rules".

    # Parameters

    split_signs : `str`, optional (default = `""`)
        Characters that become words by themselves wherever they stand; scispaCy keeps them inside
        words. By default, nine in a hundred mentions of BC5CDR, BioRelEx and ADE end inside a word
        ("cocaine-induced"). With `"-–/"` it is one in a hundred, and texts have 7 % more words. A
        word can be cut where a mention ends in it during training, but not during prediction.
    """

    def __init__(self, split_signs: str = "") -> None:
        self._split_signs = split_signs

    def tokenize(self, text: str) -> List[Token]:
        """Tokens with `text`, `idx` and `idx_end`, such that `text[idx:idx_end]` is the token."""
        return [Token(text[start:end], start, end) for start, end in self.token_spans(text)]

    def token_spans(self, text: str) -> List[Span]:
        """The offsets of the tokens alone. This is several times as fast as `tokenize`."""
        splits = _stretch_splits(self._split_signs)
        spans: List[Span] = []
        for match in _stretches(text):
            pieces = splits[match.group()]
            if len(pieces) == 1:
                spans.append(match.span())
                continue
            start = match.start()
            for piece_start, piece_end in pieces:
                spans.append((start + piece_start, start + piece_end))
        return spans


class _StretchSplits(Dict[str, Tuple[Span, ...]]):
    """A cache of how each stretch is split. It has tuples, which Python's garbage collector soon
    forgets, because lists would cost it much time again and again.

    When it has `max_size` stretches, it is cleared and takes a new spaCy tokenizer, because spaCy's
    tokenizer also keeps every string it has seen. So memory does not grow with the corpus.
    """

    def __init__(self, max_size: int = 200_000) -> None:
        super().__init__()
        self._max_size = max_size
        self._start()

    def __missing__(self, stretch: str) -> Tuple[Span, ...]:
        if len(self) >= self._max_size:
            self.clear()
            self._start()
        spans = tuple(self._split(stretch))
        self[stretch] = spans
        return spans

    def _start(self) -> None:
        self._tokenizer = _spacy_tokenizer()
        self._special_cases = frozenset(self._tokenizer.rules)

    def _split(self, stretch: str) -> Sequence[Span]:
        # Most new stretches are letters, digits and hyphens, perhaps with a bracket before them and
        # a sign after them. These spaCy cuts off, unless a part of the stretch is a special case.
        plain = _plain_word(stretch)
        if (
            plain
            and not _range_or_unit(plain.group(2))
            and self._special_cases.isdisjoint((stretch, stretch[1:], stretch[:-1], plain.group(2)))
        ):
            return [plain.span(part) for part in (1, 2, 3) if plain[part]]
        # spaCy keeps strings as UTF-8, which has no surrogates. Replacing them is harmless, since
        # only the offsets are used.
        document = self._tokenizer(_lone_surrogates.sub("\ufffd", stretch))
        return [(token.idx, token.idx + len(token)) for token in document]


class _SplitsAtSigns(_StretchSplits):
    """The same, with signs that are words wherever they stand. All settings of signs share the
    cache without signs, because spaCy's rules are what takes long."""

    def __init__(self, split_signs: str, max_size: int = 200_000) -> None:
        signs = re.escape(split_signs)
        self._sign = re.compile(f"[{signs}]").search
        self._parts = re.compile(f"[{signs}]|[^{signs}]+").finditer
        super().__init__(max_size)

    def _start(self) -> None:
        self._splits = _stretch_splits("")

    def _split(self, stretch: str) -> Sequence[Span]:
        spans = self._splits[stretch]
        if self._sign(stretch) is None:
            return spans
        return [part.span() for span in spans for part in self._parts(stretch, *span)]


@cache
def _stretch_splits(split_signs: str) -> _StretchSplits:
    """The cache for a setting, made when it is first used and shared in the process. The tokenizer
    does not hold it, and so can be pickled."""
    return _SplitsAtSigns(split_signs) if split_signs else _StretchSplits()


def _spacy_tokenizer() -> spacy.tokenizer.Tokenizer:
    with warnings.catch_warnings():
        # Python warns about the form of one of scispaCy's regular expressions.
        warnings.simplefilter("ignore", FutureWarning)
        return combined_rule_tokenizer(spacy.blank("en"))
