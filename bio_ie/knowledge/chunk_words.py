"""The words of texts, as arrays of what is needed to compare spans of them with names."""

import unicodedata
from functools import lru_cache
from struct import Struct
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from bio_ie.knowledge.normalization import fold_name
from bio_ie.knowledge.text_hash import MODULUS, hash_and_shift
from bio_ie.knowledge.word_parts import BREAK, WORD, words_and_signs_of_chunk

_MAX_CHARACTERS = 1 << 21
_CACHED_HASHES = 1 << 14


class Words(NamedTuple):
    """
    Words, each at one place in all arrays.

    # Parameters

    start, end
        Offsets.
    hash
        The hash of the normal form.
    tail, shift
        The hash and the shift (see `hash_and_shift`) of what the word adds to the normal form of a
        span that goes on with it: usually a space and its normal form.
    breaks
        How many breaks are before the word. No span extends beyond a break.
    is_spaced
        Whether the normal form has a space before the word, whatever word is before it.
    is_single
        Whether the normal forms of spans with the word do not follow from those of their words, so
        that they are looked at one by one.
    """

    start: Any
    end: Any
    hash: Any
    tail: Any
    shift: Any
    breaks: Any
    is_spaced: Any
    is_single: Any


_WORD = np.dtype(list(zip(Words._fields, "qqQQQq??", strict=True)))
_pack_word = Struct("=qqQQQq??").pack


class _Chunks(NamedTuple):
    """Chunks of text: the number of the first word of each, how many words and how many breaks it
    has, and whether the signs after its last word are more than a space in a normal form."""

    first: Any
    count: Any
    breaks: Any
    is_odd: Any


_CHUNK = np.dtype(list(zip(_Chunks._fields, "qqq?", strict=True)))
_pack_chunk = Struct("=qqq?").pack


class ChunkWords(Dict[str, int]):
    """
    Finds the words of texts. What stands between two spaces, a chunk, is looked at when it is first
    met. It has a number then, by which tables have what is known of its words. All is forgotten
    when the chunks have `_MAX_CHARACTERS` together.

    # Parameters

    key : `Callable[[str], str]`, optional
        Makes what is compared of a normal form, word by word. By default, it is the normal form.
    """

    def __init__(self, key: Optional[Callable[[str], str]] = None) -> None:
        super().__init__()
        self._key = key
        self.hashes_of = lru_cache(_CACHED_HASHES)(self._hashes_of)
        self._start()

    def _start(self) -> None:
        self.clear()
        self._num_characters = 0
        self._words, self._chunks = bytearray(), bytearray()  # rows of `_WORD` and `_CHUNK`

    def of(self, texts: Sequence[str]) -> Tuple[Words, np.ndarray]:
        """
        The words of some texts.

        # Returns

        `Words`
            All words. Their offsets are those in the texts joined by line breaks.
        `np.ndarray`
            The place of the first word of each text, and the number of words.
        """
        if self._num_characters >= _MAX_CHARACTERS:
            self._start()
        written: List[str] = []
        lines: List[int] = []
        text_ends = [0]
        for text in texts:
            for line in text.split("\n"):
                lines.append(len(written))
                written += line.split(" ")
            text_ends.append(len(written))
        lengths = np.fromiter(map(len, written), np.int64, len(written)) + 1
        try:
            numbers = np.fromiter(map(self.__getitem__, written), np.int64, len(written))
        except BaseException:  # perhaps the user has interrupted what fills the tables
            self._start()
            raise
        table = np.frombuffer(self._chunks, _CHUNK)
        chunks = _Chunks(*(table[name][numbers] for name in _Chunks._fields))
        ends = np.cumsum(chunks.count)
        places = np.repeat(chunks.first - ends + chunks.count, chunks.count)
        places += np.arange(len(places))
        table = np.frombuffer(self._words, _WORD)
        words = Words(*(table[name][places] for name in Words._fields))
        offsets = np.repeat(np.cumsum(lengths) - lengths, chunks.count)
        # A span does not extend beyond a line either.
        breaks = -chunks.breaks
        chunks.breaks[lines] += 1
        breaks += np.cumsum(chunks.breaks)
        words.start[:] += offsets
        words.end[:] += offsets
        words.breaks[:] += np.repeat(breaks, chunks.count)
        after_odd = ends[chunks.is_odd]
        after_odd = after_odd[after_odd < len(places)]
        words.is_single[after_odd], words.is_spaced[after_odd] = True, False
        return words, np.append(0, ends)[text_ends]

    def _hashes_of(self, written: str) -> Optional[Tuple[int, int, int]]:
        """The `hash`, `tail` and `shift` of a word after a space. `None` if they depend on what is
        before and after it."""
        normal = fold_name(written).strip()
        return self._hashes(normal) if normal and _folds_alone(written) else None

    def _hashes(self, normal: str) -> Tuple[int, int, int]:
        if self._key is not None:
            normal = self._key(normal)
        hash_, shift = hash_and_shift(normal)
        return hash_, (ord(" ") * shift + hash_) % MODULUS, (shift << 8) % MODULUS

    def __missing__(self, chunk: str) -> int:
        first = len(self._words) // _WORD.itemsize
        breaks = last_end = num_words = 0
        last_folded = ""
        for start, end, kind in words_and_signs_of_chunk(chunk):
            if kind == BREAK:
                breaks += 1
            elif kind == WORD:
                written, gap = chunk[start:end], _folded_gap(chunk[last_end:start])
                # A space is before the first word.
                is_spaced = gap == " " or (gap == "" and not num_words)
                is_single = gap is None or not (num_words or is_spaced) or not _folds_alone(written)
                folded = fold_name(written)
                normal = folded.strip()
                if not normal or (self._key is not None and not is_spaced):
                    is_single = True
                hash_, tail, shift = self._hashes(normal)
                if gap is not None and not is_spaced and not is_single:
                    tail, shift = _hash_and_shift_of_tail(last_folded, gap, folded)
                self._words += _pack_word(
                    start, end, hash_, tail, shift, breaks, is_spaced, is_single
                )
                num_words, last_end, last_folded = num_words + 1, end, folded
        is_odd = _folded_gap(chunk[last_end:]) not in ("", " ")
        self[chunk] = number = len(self._chunks) // _CHUNK.itemsize
        self._chunks += _pack_chunk(first, num_words, breaks, is_odd)
        self._num_characters += len(chunk)
        return number


@lru_cache(maxsize=1 << 12)
def _folded_gap(text: str) -> Optional[str]:
    """The normal form of what is between two words; `None` if it depends on them."""
    return fold_name(text) if _folds_alone(text) else None


def _folds_alone(text: str) -> bool:
    """Whether the normal form of a piece of text does not depend on what is before and after it.
    The lower case of a capital sigma does."""
    return text.isascii() or "\u03a3" not in unicodedata.normalize("NFKD", text)


def _hash_and_shift_of_tail(before: str, gap: str, folded: str) -> Tuple[int, int]:
    """Those of what a word adds to the word before it, of which a space at its end is no part."""
    space = " " if before[-1:] == " " else ""
    return hash_and_shift(_joined(_joined(space, gap), folded).rstrip())


def _joined(first: str, second: str) -> str:
    """Two neighbouring parts in their normal forms, as one part."""
    return first + second[1:] if first[-1:] == " " == second[:1] else first + second
