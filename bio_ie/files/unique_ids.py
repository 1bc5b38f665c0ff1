"""Makes document ids unique if a corpus uses an id twice."""

import logging
import re
from collections import Counter
from typing import Dict, Set

_NUMBERED = re.compile(r"(PMC)?([1-9][0-9]{0,7})")

logger = logging.getLogger(__name__)


class UniqueIds:
    """Makes document ids unique. The second document with an id gets the suffix `#2`, the third
    `#3`, and so on, with one warning. No document is dropped, because a corpus may contain a text
    twice. Ids of PubMed and PMC take a bit each, so that there may be millions.

    # Parameters

    name : `str`
        The name of the input, for the warning.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._count: Counter[str] = Counter()
        self._given = _Ids()
        self._reserved: Set[str] = set()
        self._warned = False

    def reserve(self, document_id: str) -> str:
        """The unique id of a document that is still being parsed, so that errors can name it. The
        next call with this id returns it as it is."""
        unique = self._new(document_id)
        self._reserved.add(unique)
        return unique

    def __call__(self, document_id: str) -> str:
        """The id that a document gets."""
        if document_id in self._reserved:
            self._reserved.remove(document_id)
            return document_id
        return self._new(document_id)

    def _new(self, document_id: str) -> str:
        unique = document_id
        while unique in self._given:
            self._count[document_id] += 1
            unique = f"{document_id}#{self._count[document_id] + 1}"
        self._given.add(unique)
        if unique != document_id and not self._warned:
            self._warned = True
            logger.warning(
                "%s: document id %r occurs more than once; repeated ids get #2, #3, ...",
                self._name,
                document_id,
            )
        return unique


class _Ids:
    """A set of ids. Those of PubMed and PMC, which are numbers up to 100 million, are bits of at
    most 12.5 MB."""

    def __init__(self) -> None:
        self._others: Set[str] = set()
        self._bits: Dict[str, bytearray] = {}

    def __contains__(self, id_: str) -> bool:
        match = _NUMBERED.fullmatch(id_)
        if match is None:
            return id_ in self._others
        byte, bit = divmod(int(match[2]), 8)
        bits = self._bits.get(match[1] or "", b"")
        return byte < len(bits) and bool(bits[byte] >> bit & 1)

    def add(self, id_: str) -> None:
        match = _NUMBERED.fullmatch(id_)
        if match is None:
            self._others.add(id_)
            return
        byte, bit = divmod(int(match[2]), 8)
        bits = self._bits.setdefault(match[1] or "", bytearray())
        if byte >= len(bits):
            bits.extend(bytes(byte + 1 - len(bits)))
        bits[byte] |= 1 << bit
