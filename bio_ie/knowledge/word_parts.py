"""Words and signs of a text, as names are looked up: brackets, hyphens and slashes are signs."""

import re
from functools import cache, lru_cache
from typing import Dict, Iterator, List, Sequence, Tuple

from bio_ie.text.document import Span
from bio_ie.text.tokenizers.scispacy_rules import ScispacyRulesTokenizer

SIGN, WORD, BREAK = range(3)
"""Kinds of parts: a word has a letter or a digit, and a name does not go on after a break."""

Part = Tuple[int, int, int]
"""Where a part begins and ends, and its kind."""

_BREAKS = frozenset(".;:?!")
_MAX_TOKENS = 1 << 18

_cut = re.compile("[-–/]|[^-–/]+").finditer
_has_letter_or_digit = re.compile(r"[^\W_]").search
_tokenizer = ScispacyRulesTokenizer(split_signs="()[]")


# Names and abbreviations of a text are looked for one after the other.
@lru_cache(maxsize=4)
def words_and_brackets(text: str) -> List[Span]:
    """The offsets of words and signs. Brackets are no part of a word, as in `(METH)-induced`."""
    return _tokenizer.token_spans(text)


def words_and_brackets_of_chunk(chunk: str) -> Sequence[Span]:
    """The same for a piece of text between two spaces."""
    return _tokenizer.chunk_spans(chunk)


def words_and_signs(text: str) -> Iterator[Part]:
    """The same, where hyphens and slashes are no part of a word either: a name can end at one, as
    in `cocaine-induced`."""
    parts = _parts()
    for token_start, token_end in words_and_brackets(text):
        for start, end, kind in parts[text[token_start:token_end]]:
            yield token_start + start, token_start + end, kind


def words_and_signs_of_chunk(chunk: str) -> Iterator[Part]:
    """The same for a piece of text between two spaces."""
    for start, end in words_and_brackets_of_chunk(chunk):
        if chunk[start:end].isalnum():  # true of most
            yield start, end, WORD
            continue
        for part in _cut(chunk, start, end):
            yield (*part.span(), _kind(part[0]))


class _Parts(Dict[str, Tuple[Part, ...]]):
    """A cache of the parts of tokens. It is cleared when it has `_MAX_TOKENS` tokens."""

    def __missing__(self, token: str) -> Tuple[Part, ...]:
        if len(self) >= _MAX_TOKENS:
            self.clear()
        parts = tuple((*part.span(), _kind(part.group())) for part in _cut(token))
        self[token] = parts
        return parts


def _kind(part: str) -> int:
    if part in _BREAKS:
        return BREAK
    return WORD if _has_letter_or_digit(part) else SIGN


@cache
def _parts() -> _Parts:
    """The cache of this process."""
    return _Parts()
