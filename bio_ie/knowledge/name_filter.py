"""Tells most texts that are no names of a knowledge base without a look into it."""

import contextlib
import mmap
from itertools import tee
from pathlib import Path
from typing import Callable, Iterable, Iterator, Optional, Union
from zlib import crc32

import numpy as np

from bio_ie.files.atomic_output import atomic_writer
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.text_hash import text_hash

VERSION = 3
"""Increased with every change of the file, or of the normalisation of names."""

KEPT_NAMES = 50_000
"""The filters of knowledge bases with fewer names than this are built each time, in less time than
a command takes to start."""

NAME, BEGINNING = 1, 2
"""What a text may be: a name, or the first words of a longer name."""

_PLACES_PER_NAME = 64
_FEWEST_PLACES = 1 << 12

_FACTOR = 2654435761
"""Spreads the hashes of texts that differ in a few places over all places."""
_HEADER_BYTES = 128


class NameFilter:
    """
    A Bloom filter of names and of their first words. It never denies a name, and takes one in a
    hundred of all other texts for one, with 16 to 32 bytes a name.

    # Parameters

    content : `bytes` or `mmap.mmap`
        What `build` makes.
    key : `Callable[[str], str]`, optional
        Makes what is compared of a normalised name, word by word. By default, it is the name.
    """

    def __init__(
        self, content: Union[bytes, mmap.mmap], key: Optional[Callable[[str], str]] = None
    ) -> None:
        self._content = content
        self._marks = np.frombuffer(content, dtype=np.uint8, offset=_HEADER_BYTES)
        self.key = key
        self._shift = _shift(len(self._marks))

    @classmethod
    def build(
        cls,
        names: Iterable[str],
        num_names: int,
        fingerprint: str = "",
        key: Optional[Callable[[str], str]] = None,
    ) -> "NameFilter":
        """Makes a filter.

        # Parameters

        names : `Iterable[str]`
            Normalised names, or their keys. They are fastest if names that begin alike follow each
            other.
        num_names : `int`
            About how many there are.
        fingerprint : `str`, optional
            The fingerprint of the knowledge base that has the names.
        key : `Callable[[str], str]`, optional
            See above.
        """
        num_places = 1 << (_PLACES_PER_NAME * num_names).bit_length()
        num_places = min(max(num_places, _FEWEST_PLACES), 1 << 32)
        content = np.zeros(num_places // 4, dtype=np.uint8)
        names, more = tee(names)
        _mark(content, map(text_hash, names), NAME)
        _mark(content, map(text_hash, _beginnings(more)), BEGINNING)
        return cls(_header(fingerprint) + content.tobytes(), key)

    def look_up(self, normalized: str) -> int:
        """What a text may be, as a sum of `NAME` and `BEGINNING`. The text is as `normalize_name`
        returns it."""
        if self.key is not None:
            normalized = self.key(normalized)
        place = (text_hash(normalized) * _FACTOR & 0xFFFFFFFF) >> self._shift
        return self._content[_HEADER_BYTES + (place >> 2)] >> 2 * (place & 3) & 3

    def look_up_hashes(self, hashes: np.ndarray) -> np.ndarray:
        """The same for many texts.

        # Parameters

        hashes : `np.ndarray`
            The hashes of the texts or, if there is a `key`, of their keys, as `np.uint64`.
        """
        places = _places(hashes, self._shift)
        return self._marks[places >> 2] >> (2 * (places & 3)).astype(np.uint8) & 3

    # The file

    @classmethod
    def open(cls, path: Path, fingerprint: str) -> "Optional[NameFilter]":
        """The filter in a file, which is mapped into memory, so that processes share it. `None` if
        there is no such file, or if it was built from other names."""
        with contextlib.suppress(OSError, ValueError), path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            places = 4 * (len(content) - _HEADER_BYTES)
            is_whole = places >= _FEWEST_PLACES and not places & (places - 1)
            if content[:_HEADER_BYTES] == _header(fingerprint) and is_whole:
                return cls(content)
        return None

    def save(self, path: Path) -> None:
        """Writes the filter to a file, which replaces an older one in one moment. A folder that
        cannot be written to is left as it is."""
        with contextlib.suppress(OSError), atomic_writer(path) as file:
            file.buffer.write(self._content)  # type: ignore[attr-defined]


def _shift(num_bytes: int) -> int:
    """How many of the 32 bits of a hash are too many for a place."""
    return 33 - (4 * num_bytes).bit_length()


def _beginnings(names: Iterable[str]) -> Iterator[str]:
    """The first words of each name, without most of those that the name before it has too."""
    last = ""
    for name in names:
        end = name.rfind(" ")
        while end >= 0 and last[: end + 1] != name[: end + 1]:
            yield name[:end]
            end = name.rfind(" ", 0, end)
        last = name


def _places(hashes: np.ndarray, shift: int) -> np.ndarray:
    return ((hashes * np.uint64(_FACTOR) & np.uint64(0xFFFFFFFF)) >> np.uint64(shift)).astype(
        np.int64
    )


def _mark(content: np.ndarray, hashes: Iterable[int], mark: int) -> None:
    places = _places(np.fromiter(hashes, dtype=np.uint64), _shift(len(content)))
    np.bitwise_or.at(content, places >> 2, (mark << 2 * (places & 3)).astype(np.uint8))


def _header(fingerprint: str) -> bytes:
    return f"bio_ie names {VERSION} {_code():08x} {fingerprint}".encode().ljust(_HEADER_BYTES)


def _code() -> int:
    """A checksum of what this code makes of a name. A filter that other code has built would deny
    names in silence, so its file must not be taken for a good one if `VERSION` was forgotten."""
    name = normalize_name("β-Catenin (Type 1), Human")
    made = [name, text_hash(name), *_beginnings([name]), _FACTOR, _PLACES_PER_NAME, _FEWEST_PLACES]
    return crc32(repr([*made, NAME, BEGINNING]).encode())


def name_filter(kb: KnowledgeBase) -> NameFilter:
    """The filter of a knowledge base. That of a large knowledge base is kept next to it, as
    `kb.sqlite.names` for `kb.sqlite`, if the folder can be written to."""
    path, num_names = Path(f"{kb.path}.names"), int(kb.metadata["names"])
    found = NameFilter.open(path, kb.fingerprint)
    if found is None:
        found = NameFilter.build(kb.normalized_names(), num_names, kb.fingerprint)
        if num_names >= KEPT_NAMES:
            found.save(path)
    return found
