"""Measures reading BC5CDR's training file, as published, and converting it."""

import gzip
import tempfile
from pathlib import Path
from typing import Any

import bioc.pubtator

from benchmarks.timing import Comparison, NotMeasured, Side, Unit, compare
from bio_ie.commands.convert import convert
from bio_ie.data.corpora import CorpusFormat


class ReadingBenchmark:
    """Measures reading a PubTator file into documents, and converting it to jsonl.

    # Parameters

    file : `Path`
        A gzipped PubTator file.

    Raises `NotMeasured` if it does not exist.
    """

    def __init__(self, file: Path) -> None:
        if not file.is_file():
            raise NotMeasured(f"no {file} (BIO_IE_DATA names the folder of corpora)")
        self._file = file
        self._pubtator = CorpusFormat.by_name("pubtator")()
        self._jsonl = CorpusFormat.by_name("jsonl")()
        self._unit = Unit("documents/s", self._read(None))

    def read(self, row: str, repeats: int) -> Comparison:
        """Compares reading with the reader of the library `bioc`, which checks nothing."""
        ours = Side("CorpusFormat.read", self._read, _nothing)
        baseline = Side("bioc.pubtator", self._read_with_bioc, _nothing)
        return compare(row, ours, baseline, repeats, self._unit, note=self._note)

    def convert(self, row: str, repeats: int) -> Comparison:
        """Compares converting with reading alone. The more the ratio is below 1, the more writing
        costs."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder, "corpus.jsonl")
            ours = Side("convert to jsonl", self._convert, lambda _: output)
            baseline = Side("CorpusFormat.read", self._read, _nothing)
            return compare(row, ours, baseline, repeats, self._unit, note=self._note)

    @property
    def _note(self) -> str:
        return f"{self._unit.items} documents of {self._file.name}"

    def _read(self, _: Any) -> int:
        return sum(1 for _ in self._pubtator.read(self._file))

    def _read_with_bioc(self, _: Any) -> int:
        with gzip.open(self._file, "rt", encoding="utf-8") as file:
            return sum(1 for _ in bioc.pubtator.iterparse(file))

    def _convert(self, output: Path) -> None:
        convert(self._file, output, self._pubtator, self._jsonl)


def _nothing(_: int) -> None:
    return None
