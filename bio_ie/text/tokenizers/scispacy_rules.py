"""A word tokenizer with scispaCy's rules."""

import re
import warnings
from functools import cache
from typing import Dict, List, Optional, Tuple

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
    r"(\(?)((?:[A-Za-z0-9]+[-/])*[A-Za-z0-9]+)(\)?)([,;:]?|(?:(?<=[a-z0-9)])|(?<=[A-Z0-9][A-Z]))\.)"
).fullmatch
_range_or_unit = re.compile(r"[0-9]-[0-9]|[0-9][A-Za-z/]+\Z").search
_digits = re.compile("[0-9]")
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
        # No word depends on the words around it. Most are between two spaces.
        chunks = text.replace("\n", " ").split(" ")
        spans_of = _chunk_spans(self._split_signs).__getitem__
        spans: List[Span] = []
        offset = 0
        for spans_of_chunk, length in zip(map(spans_of, chunks), map(len, chunks), strict=True):
            for start, end in spans_of_chunk:
                spans.append((offset + start, offset + end))
            offset += length + 1
        return spans

    def chunk_spans(self, chunk: str) -> Tuple[Span, ...]:
        """The same for a short piece of a text that begins and ends at white space."""
        return _chunk_spans(self._split_signs)[chunk]


class _StretchSplits(Dict[str, Tuple[Span, ...]]):
    """Splits stretches, with a cache of those that spaCy has split. It has tuples, which Python's
    garbage collector soon forgets, because lists would cost it much time again and again.

    When it has `max_size` stretches, it is cleared and takes a new spaCy tokenizer, because spaCy's
    tokenizer also keeps every string it has seen. So memory does not grow with the corpus.
    """

    def __init__(self, max_size: int = 200_000) -> None:
        super().__init__()
        self._max_size = max_size
        self._start()

    def __missing__(self, stretch: str) -> Tuple[Span, ...]:
        spans = self._plain_split(stretch)
        if spans is not None:
            return spans
        # To spaCy, a digit is as good as any other, but for special cases such as "8)" and "1am".
        shape = _digits.sub("5", stretch)
        if shape != stretch and not self._special(stretch) and not self._special(shape):
            return self[shape]
        if len(self) >= self._max_size:
            self.clear()
            self._start()
        # spaCy keeps strings as UTF-8, which has no surrogates. Replacing them is harmless, since
        # only the offsets are used.
        document = self._tokenizer(_lone_surrogates.sub("\ufffd", stretch))
        self[stretch] = spans = tuple((token.idx, token.idx + len(token)) for token in document)
        return spans

    def _start(self) -> None:
        self._tokenizer = _spacy_tokenizer()
        # What spaCy would note of each new word (its shape, whether it is a stop word).
        self._tokenizer.vocab.lex_attr_getters = {}
        self._special_cases = frozenset(self._tokenizer.rules)
        # No number is ever cut in two.
        with_digit = "|".join(map(re.escape, filter(_digits.search, sorted(self._special_cases))))
        self._special = re.compile(
            rf"(?:(?<![0-9])|(?![0-9]))(?:{with_digit})(?:(?<![0-9])|(?![0-9]))"
        ).search

    def _plain_split(self, stretch: str) -> Optional[Tuple[Span, ...]]:
        """Splits most stretches: letters, digits, hyphens and slashes, perhaps with a bracket
        before them and signs after them. These spaCy cuts off one by one, unless what is left then
        is a special case."""
        if stretch.isalpha() and stretch.isascii() and stretch not in self._special_cases:
            return ((0, len(stretch)),)
        plain = _plain_word(stretch)
        if plain is None or _range_or_unit(plain[2]):
            return None
        starts, ends = (0, plain.start(2), plain.end(2)), (plain.end(2), plain.end(3), len(stretch))
        left = [stretch[start:end] for start in starts for end in ends]
        if not self._special_cases.isdisjoint(left):
            return None
        return tuple(plain.span(part) for part in (1, 2, 3, 4) if plain[part])


class _ChunkSpans(Dict[str, Tuple[Span, ...]]):
    """A cache of the words of chunks: of what stands between two spaces, and is one stretch nearly
    always. All settings of `split_signs` share what spaCy finds.

    It is cleared when it has `max_size` chunks.
    """

    def __init__(self, split_signs: str, max_size: int = 200_000) -> None:
        super().__init__()
        signs = re.escape(split_signs)
        self._sign = re.compile(f"[{signs}]" if signs else "(?!)").search
        self._cut = re.compile(f"[{signs}]|[^{signs}]+" if signs else "(?!)").finditer
        self._splits = _stretch_splits()
        self._max_size = max_size

    def __missing__(self, chunk: str) -> Tuple[Span, ...]:
        if chunk.isalnum() and chunk.isascii() and len(chunk) <= _MAX_STRETCH:  # true of most
            spans = self._splits[chunk]
        else:
            spans = tuple(
                (stretch.start() + start, stretch.start() + end)
                for stretch in _stretches(chunk)
                for start, end in self._splits[stretch[0]]
            )
        if self._sign(chunk):
            spans = tuple(part.span() for span in spans for part in self._cut(chunk, *span))
        if len(chunk) <= _MAX_STRETCH:  # a text may have no spaces at all
            if len(self) >= self._max_size:
                self.clear()
            self[chunk] = spans
        return spans


@cache
def _chunk_spans(split_signs: str) -> _ChunkSpans:
    """The cache for a setting, made when it is first used and shared in the process. The tokenizer
    does not hold it, and so can be pickled."""
    return _ChunkSpans(split_signs)


@cache
def _stretch_splits() -> _StretchSplits:
    """The cache of this process."""
    return _StretchSplits()


def _spacy_tokenizer() -> spacy.tokenizer.Tokenizer:
    with warnings.catch_warnings():
        # Python warns about the form of one of scispaCy's regular expressions.
        warnings.simplefilter("ignore", FutureWarning)
        return combined_rule_tokenizer(spacy.blank("en"))
