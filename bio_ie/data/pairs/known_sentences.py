"""Recognises sentences of some corpora in others, even if their entities are blinded."""

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
    """The parts of a text between its blinded arguments (`@GENE$`). A text without blinded
    arguments is one part."""
    return _PLACEHOLDER.split(text)


class KnownSentences:
    """
    A set of sentences that recognises them in other texts (`text in known_sentences`). Only letters
    and digits count. Case, accents and spaces do not count. A blinded argument matches any 1 to 80
    characters. A known sentence with fewer than 40 characters outside its blinded arguments must
    match the whole text. A longer one may match a part of the text, because corpora do not agree
    about where sentences end.
    """

    def __init__(self) -> None:
        self._known: Set[Pieces] = set()
        # Keyed by the beginning of the longest piece, so that look-ups alone decide most texts.
        self._by_key: Dict[int, Dict[str, List[Pieces]]] = {length: {} for length in _KEY_LENGTHS}
        self._without_key: List[Pieces] = []

    def __len__(self) -> int:
        """The number of different sentences."""
        return len(self._known)

    def add(self, text: str) -> None:
        """Adds a sentence, unless it has no letter or digit outside its blinded arguments."""
        pieces = tuple(_letters_and_digits(piece) for piece in without_placeholders(text))
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
        seen = _letters_and_digits(text)
        for length, by_key in self._by_key.items():
            if not by_key:
                continue
            for start in range(len(seen) - length + 1):
                for pieces in by_key.get(seen[start : start + length], ()):
                    if _is_seen(pieces, seen):
                        return True
        return any(_is_seen(pieces, seen) for pieces in self._without_key)


def _letters_and_digits(text: str) -> str:
    return normalize_name(text).replace(" ", "")


def _is_seen(pieces: Pieces, seen: str) -> bool:
    pattern = _pattern(pieces)
    is_long = sum(map(len, pieces)) >= _LONG
    return (pattern.search(seen) if is_long else pattern.fullmatch(seen)) is not None


@lru_cache(1 << 12)
def _pattern(pieces: Pieces) -> "re.Pattern[str]":
    return re.compile(f".{{1,{_LONGEST_ENTITY}}}".join(map(re.escape, pieces)), re.DOTALL)
