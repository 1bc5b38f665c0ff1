"""Sentences of some corpora, found again in others, whatever is blinded in them."""

import re
from functools import lru_cache
from typing import Dict, List, Set, Tuple

from bio_ie.knowledge.normalization import normalize_name

Pieces = Tuple[str, ...]

_PLACEHOLDER = re.compile(r"@[A-Za-z_-]+\$")
_KEY_LENGTHS = (24, 8)
_LONG = 40
_LONGEST_ENTITY = 80


def without_placeholders(text: str) -> List[str]:
    """The parts of a text between its blinded arguments (`@GENE$`), the whole text if it has
    none."""
    return _PLACEHOLDER.split(text)


class KnownSentences:
    """
    Sentences that are to be told when they are seen again. Only letters and digits count, not their
    case, their accents or the spaces between them. A blinded argument may be anything of up to 80
    characters. A sentence with less than 40 characters besides has to be all of the one that is
    seen; a longer one may be part of it, for corpora do not agree about where sentences end.
    """

    def __init__(self) -> None:
        self._known: Set[Pieces] = set()
        # By the beginning of the longest piece, so that most sentences are told by look-ups alone.
        self._by_key: Dict[int, Dict[str, List[Pieces]]] = {length: {} for length in _KEY_LENGTHS}
        self._without_key: List[Pieces] = []

    def __len__(self) -> int:
        """How many there are that differ."""
        return len(self._known)

    def add(self, text: str) -> None:
        """Nothing is added for a text without a letter or a digit besides what is blinded."""
        pieces = tuple(_solid(piece) for piece in without_placeholders(text))
        if pieces in self._known or not any(pieces):
            return
        self._known.add(pieces)
        longest = max(pieces, key=len)
        for length in _KEY_LENGTHS:
            if len(longest) >= length:
                self._by_key[length].setdefault(longest[:length], []).append(pieces)
                return
        self._without_key.append(pieces)

    def __contains__(self, text: str) -> bool:
        seen = _solid(text)
        for length, by_key in self._by_key.items():
            if not by_key:
                continue
            for start in range(len(seen) - length + 1):
                for pieces in by_key.get(seen[start : start + length], ()):
                    if _is_seen(pieces, seen):
                        return True
        return any(_is_seen(pieces, seen) for pieces in self._without_key)


def _solid(text: str) -> str:
    return normalize_name(text).replace(" ", "")


def _is_seen(pieces: Pieces, seen: str) -> bool:
    pattern = _pattern(pieces)
    is_long = sum(map(len, pieces)) >= _LONG
    return (pattern.search(seen) if is_long else pattern.fullmatch(seen)) is not None


@lru_cache(1 << 12)
def _pattern(pieces: Pieces) -> "re.Pattern[str]":
    return re.compile(f".{{1,{_LONGEST_ENTITY}}}".join(map(re.escape, pieces)), re.DOTALL)
