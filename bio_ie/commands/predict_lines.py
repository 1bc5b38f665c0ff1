"""Prediction on JSON lines, as AllenNLP's command does it, but in UTF-8 whatever the locale."""

import json
import sys
from collections import deque
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import IO, Any, Deque, Iterable, Iterator, List, Optional

from allennlp.commands.predict import _PredictManager
from allennlp.common.file_utils import cached_path
from allennlp.common.util import JsonDict
from allennlp.data import Instance
from allennlp.predictors import Predictor

from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.source import open_binary
from bio_ie.files.stopping import exit_stopped, is_stopped, until_stopped
from bio_ie.files.strict_json import parse_json
from bio_ie.predictors.document_input import inputs_of
from bio_ie.predictors.document_predictor import DocumentPredictor
from bio_ie.text.counted import counted

LINES_AT_ONCE = 32
"""The default of `--batch-size` for predictors that have none of their own. As many lines of the
standard input are predicted together, because whoever writes them may wait for the output."""


class LinesManager(_PredictManager):
    """AllenNLP's manager of a prediction.

    A `DocumentPredictor` gets a file as one stream, so that it can choose from many documents what
    shares a batch. The lines of the standard input are predicted `batch_size` at a time.

    A line that is not valid UTF-8 fails alone, in `load_line` of a `DocumentPredictor`. Its input
    may also be one JSON list of inputs instead of lines. The output file appears once it is
    complete. If the command is told to stop, the input ends early.

    # Parameters

    predictor : `Predictor`
    input_file : `str`
    output_file : `str`, optional
    on_error : `str`, optional
        What to do with a document that fails: `"raise"` a `CorpusError`, or `"skip"` it. By default
        the output has an object with the error in its place.
    arguments : `Any`
        The other parameters of AllenNLP's manager.
    """

    def __init__(
        self,
        predictor: Predictor,
        input_file: str,
        output_file: Optional[str],
        *arguments: Any,
        on_error: Optional[str] = None,
    ) -> None:
        super().__init__(predictor, input_file, None, *arguments)
        self._path = None if output_file is None else Path(output_file)
        self._file: Optional[IO[str]] = None
        self.num_predictions = 0
        self._is_document_predictor = isinstance(predictor, DocumentPredictor)
        self._on_error = on_error if self._is_document_predictor else None

    def run(self) -> None:
        with ExitStack() as stack:
            if self._path is not None:
                # AllenNLP would open the file with the encoding of the locale.
                self._file = stack.enter_context(atomic_writer(self._path))
            if isinstance(self._predictor, DocumentPredictor) and self._input_file != "-":
                self._run_stream(self._predictor)
            else:
                super().run()
            if not self.num_predictions:
                exit_if_stopped(0)  # without an empty file

    def _run_stream(self, predictor: DocumentPredictor) -> None:
        has_reader = self._dataset_reader is not None
        inputs = self._get_instance_data() if has_reader else self._get_json_data()
        waiting: Deque[Any] = deque()  # the inputs whose outputs are to come

        def noted() -> Iterator[Any]:
            for value in inputs:
                waiting.append(value)
                yield value

        outputs = (
            predictor.predict_documents(noted()) if has_reader else predictor.predict_lines(noted())
        )
        dumped = self._dumped(output.to_json() for output in outputs)
        for index, line in enumerate(dumped):
            value = waiting.popleft()
            shown = str(value) if has_reader else json.dumps(value)
            self._maybe_print_to_console_and_file(index, line, shown)

    def _get_instance_data(self) -> Iterator[Instance]:
        return until_stopped(super()._get_instance_data())

    def _get_json_data(self) -> Iterator[JsonDict]:
        return until_stopped(self._decoded_lines())

    def _decoded_lines(self) -> Iterator[JsonDict]:
        with ExitStack() as stack:
            if self._input_file == "-":
                file: IO[bytes] = sys.stdin.buffer
            else:
                path = Path(cached_path(self._input_file))
                file = stack.enter_context(open_binary(path))
            lines = (line for line in file if line.strip())
            if not self._is_document_predictor:
                yield from map(self._load_utf8, lines)
                return
            for line in _inputs(lines):
                yield self._predictor.load_line(line)

    def _load_utf8(self, line: bytes) -> JsonDict:
        try:
            return self._predictor.load_line(line.decode("utf-8"))
        except ValueError as error:
            raise CorpusError(f"not a line of JSON: {error}", self._input_file) from error

    def _predict_json(self, batch_data: List[JsonDict]) -> Iterator[str]:
        yield from self._dumped(self._predictor.predict_batch_json(batch_data))

    def _predict_instances(self, batch_data: List[Any]) -> Iterator[str]:
        yield from self._dumped(self._predictor.predict_batch_instance(batch_data))

    def _dumped(self, outputs: Iterable[JsonDict]) -> Iterator[str]:
        for output in outputs:
            is_failure = self._on_error is not None and output.keys() == {"id", "error"}
            if is_failure and self._on_error == "raise":
                raise CorpusError(output["error"], self._input_file, document_id=output["id"])
            yield "" if is_failure else self._predictor.dump_line(output)

    def _maybe_print_to_console_and_file(
        self, index: int, prediction: str, model_input: Any = None
    ) -> None:
        self.num_predictions += 1
        if prediction:  # not skipped
            super()._maybe_print_to_console_and_file(index, prediction, model_input)
            if self._file is not None:
                self._file.write(prediction)


def exit_if_stopped(num_predictions: int) -> None:
    """Ends the command if it was told to stop, after it has written its predictions so far."""
    if is_stopped():
        done = f"the first {counted(num_predictions, 'document')} of the input"
        exit_stopped(f"predicted {done if num_predictions else 'no document'}")


def _inputs(lines: Iterator[bytes]) -> Iterator[str]:
    """The inputs of a file, each as JSON on one line: its lines, or the members of its lists."""
    texts: Iterator[str] = (line.decode("utf-8", "surrogateescape") for line in lines)
    first = next(texts, None)
    if first is None:
        return
    if _parsed(first) is None and first.lstrip()[:1] in ("[", "{"):
        read = [first, *texts]
        whole = _parsed("".join(read))
        texts = chain(read[1:]) if whole is None else iter(())
        first = first if whole is None else json.dumps(whole)
    for text in chain([first], texts):
        members = inputs_of(_parsed(text)) if text.lstrip()[:1] == "[" else [None]
        if len(members) == 1:
            yield text
        else:
            yield from map(json.dumps, members)


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        return None
