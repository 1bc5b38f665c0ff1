"""Reads the documents to be rendered: any corpus file, or predictions with their failures."""

from pathlib import Path
from typing import Callable, Iterator, List, Optional

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.files.failures import FAILED_PREDICTION, Failure
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json
from bio_ie.rendering.view import Prediction
from bio_ie.text.document import Document


def read_predictions(path: str, corpus: CorpusFormat) -> List[Prediction]:
    """The documents of `path` in file order. If the format is `jsonl`, each line that reports a
    failure becomes a `Failure` at its place in this order.

    Raises `CorpusError` for input that cannot be read.
    """
    if type(corpus) is not JsonlFormat:
        return list(corpus.read(path))
    lines = _PredictionLines(corpus.on_error)
    predictions: List[Prediction] = []
    for document in lines.read(path):
        predictions += [*lines.take_failures(), document]
    return predictions + lines.take_failures()


class _PredictionLines(JsonlFormat):
    """The format `jsonl`, extended to collect failures, which the format itself does not read."""

    def __init__(self, on_error: str) -> None:
        super().__init__(on_error)
        self._failures: List[Failure] = []

    def take_failures(self) -> List[Failure]:
        """The failures that were found since the last call, in order."""
        failures, self._failures = self._failures, []
        return failures

    def _read(self, source: Source) -> Iterator[Document]:
        yield from super()._read(_WithoutFailures(source, self._set_aside))

    def _set_aside(self, line: str) -> bool:
        failure = _failure(line)
        if failure is not None:
            self._failures.append(failure)
        return failure is not None


class _WithoutFailures(Source):
    """A source without the lines that `set_aside` takes. These lines count as lost documents."""

    def __init__(self, source: Source, set_aside: Callable[[str], bool]) -> None:
        super().__init__(source.path, source.name, source.on_error, source.report)
        self._set_aside = set_aside

    def lines(self, path: Optional[Path] = None, errors: str = "strict") -> Iterator[str]:
        for line in super().lines(path, errors):
            if self._set_aside(line):
                self.report.lose(FAILED_PREDICTION, f"{self.name}:{self.line}")
            else:
                yield line


def _failure(line: str) -> Optional[Failure]:
    if '"error"' not in line:
        return None
    try:
        value = parse_json(line)
    except ValueError:
        return None
    if not isinstance(value, dict) or "error" not in value or "text" in value:
        return None
    identifier = value.get("id")
    return Failure(None if identifier is None else str(identifier), str(value["error"]))
