"""Finds the last version of each record of PubMed in baseline and update files."""

import contextlib
import re
import stat
from array import array
from itertools import islice
from pathlib import Path
from typing import Dict, Iterable, Iterator, Match, Optional, Sequence, Set, Tuple

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.input_files import InputFile
from bio_ie.files.source import Source
from bio_ie.files.xml_records import XmlRecord, XmlRecords
from bio_ie.text.counted import Phrase

SUPERSEDED = Phrase(
    "records were left out because the corpus has a later version",
    one="record was left out because the corpus has a later version",
)
DELETED = Phrase(
    "records were left out because a later file deletes them",
    one="record was left out because a later file deletes it",
)

DELETIONS = ("DeleteCitation", "DeleteDocument")

_PMID = re.compile(rb"<PMID(?:\s+Version\s*=\s*[\"'](\d{1,8})[\"'])?[^>]*>\s*(\d{1,9})\s*</PMID>")
_BLOCK = 256


class _Numbers:
    """A number for each of many keys, which are numbers too, in about four bytes a key."""

    def __init__(self) -> None:
        self._blocks: Dict[int, array[int]] = {}

    def __getitem__(self, key: int) -> int:
        block = self._blocks.get(key // _BLOCK)
        return 0 if block is None else block[key % _BLOCK]

    def __setitem__(self, key: int, number: int) -> None:
        block = self._blocks.get(key // _BLOCK)
        if block is None:
            block = self._blocks[key // _BLOCK] = array("I", bytes(4 * _BLOCK))
        block[key % _BLOCK] = number


class LatestRecords:
    """Knows, before a corpus is read, which of its records are superseded or deleted.

    The files come in the order in which they were published. A record replaces earlier ones with
    its id and version, and a deletion ends them. If several versions of an id remain, the highest
    counts. The memory is four bytes for each PubMed id in the range of the corpus.

    # Parameters

    files : `Sequence[InputFile]`
        A pipe is not looked at, because it can be read only once. So all its records count.
    records : `XmlRecords`
    """

    def __init__(self, files: Sequence[InputFile], records: XmlRecords) -> None:
        self._first: Dict[str, int] = {}
        # The number of the last record of an id, doubled; and one more if that is a deletion.
        self._last = _Numbers()
        self._last_of_other: Dict[Tuple[int, int], int] = {}
        self._other_versions: Dict[int, Set[int]] = {}
        number = 1
        for path, name in files:
            self._first[name] = number
            for record in _records(path, name, records):
                self._add(record, number)
                number += 1

    def knows(self, files: Iterable[InputFile]) -> bool:
        return all(name in self._first for _, name in files)

    def why_left_out(self, file: str, index: int, record: XmlRecord) -> Optional[Phrase]:
        """Why a record does not count: `SUPERSEDED` or `DELETED`. `None` if it does count.

        # Parameters

        file : `str`
            The name of the record's file.
        index : `int`
            How many records, deletions among them, the file has before it.
        record : `XmlRecord`
        """
        match = _PMID.search(record.content)
        if match is None:
            return None
        pmid, version = _id_and_version(match)
        last = self._last_number(pmid, version)
        if last and last // 2 != self._first[file] + index:
            return DELETED if last % 2 else SUPERSEDED
        higher = (other for other in self._other_versions.get(pmid, ()) if other > version)
        is_replaced = any(self._last_number(pmid, other) % 2 == 0 for other in higher)
        return SUPERSEDED if is_replaced else None

    def _add(self, record: XmlRecord, number: int) -> None:
        is_deletion = record.tag in DELETIONS
        found = _PMID.finditer(record.content)
        for match in found if is_deletion else islice(found, 1):
            pmid, version = _id_and_version(match)
            value = 2 * number + is_deletion
            if version == 1:
                self._last[pmid] = value
            else:
                self._last_of_other[pmid, version] = value
                self._other_versions.setdefault(pmid, set()).add(version)

    def _last_number(self, pmid: int, version: int) -> int:
        return self._last[pmid] if version == 1 else self._last_of_other.get((pmid, version), 0)


def _id_and_version(match: Match[bytes]) -> Tuple[int, int]:
    return int(match[2]), int(match[1] or 1)


def _records(path: Path, name: str, records: XmlRecords) -> Iterator[XmlRecord]:
    """The records of a file up to its end, or to where it breaks off: reading will say so."""
    with contextlib.suppress(CorpusError, OSError):
        if stat.S_ISREG(path.stat().st_mode):
            yield from records.read(Source(path, name, "skip", CorpusReport()))
