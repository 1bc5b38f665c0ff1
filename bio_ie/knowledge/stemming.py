"""Reduces words to their stems, so that `seizures` finds `seizure`."""

import string
import unicodedata
from functools import cache
from typing import Dict, Optional

from nltk.stem import PorterStemmer

_MAX_WORDS = 1 << 20


def stem_words(text: str) -> str:
    """The Porter stems of all words, in lower case, joined by one space."""
    stems = _stems()
    return " ".join([stems[word] for word in text.split()])


def stemmed_name(text: str) -> str:
    """The form of a name from which its TF-IDF vector is made. Punctuation is removed (`N-acetyl`
    becomes one word), and each word is replaced by the Porter stem of its lower-case form."""
    return stem_words(text.lower().translate(_without_punctuation))


class _WithoutPunctuation(Dict[int, Optional[int]]):
    """A table for `str.translate` that drops the punctuation of Unicode, and the punctuation of
    ASCII that Unicode classifies as symbols."""

    def __missing__(self, code: int) -> Optional[int]:
        character = chr(code)
        is_removed = character in string.punctuation or unicodedata.category(character).startswith(
            "P"
        )
        self[code] = None if is_removed else code
        return self[code]


_without_punctuation = _WithoutPunctuation()


class _Stems(Dict[str, str]):
    """A cache of the stems of words, which are slow to compute. It is cleared when it has
    `_MAX_WORDS` words."""

    def __init__(self) -> None:
        super().__init__()
        self._stem = PorterStemmer().stem

    def __missing__(self, word: str) -> str:
        if len(self) >= _MAX_WORDS:
            self.clear()
        stem: str = self._stem(word)
        self[word] = stem
        return stem


@cache
def _stems() -> _Stems:
    return _Stems()
