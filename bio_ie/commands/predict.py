"""`bio-ie predict` is AllenNLP's `predict`, extended by corpus formats for its input and output.

    bio-ie predict ARCHIVE FILE --from pubtator --to bioc_json --output out.json

Without `--from`, it reads JSON lines like AllenNLP's command. (`allennlp predict` is always
AllenNLP's own command, because that is set up before plugins are loaded. It has no `--from`, and
does not set the exit status.)
"""

import argparse
import logging
import sys
import zlib
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, Any, Iterable, Iterator, Optional

import torch
from allennlp.commands.predict import Predict as AllenNlpPredict
from allennlp.commands.predict import _get_predictor, _PredictManager
from allennlp.commands.subcommand import Subcommand
from allennlp.common import logging as common_logging
from allennlp.common.checks import ConfigurationError
from allennlp.common.file_utils import cached_path
from allennlp.common.util import JsonDict
from allennlp.data import Instance
from allennlp.predictors import Predictor
from tqdm import tqdm

from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import DocumentOrFailure, Failure, read_with_failures
from bio_ie.files.source import open_binary
from bio_ie.files.stopping import exit_stopped, finishing, is_stopped, until_stopped
from bio_ie.predictors.document_predictor import DocumentPredictor
from bio_ie.text.counted import counted
from bio_ie.text.document import Document

logger = logging.getLogger(__name__)


@Subcommand.register("predict", exist_ok=True)
class Predict(AllenNlpPredict):
    """AllenNLP's `predict` with `--from`, `--to` and `--output`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        subparser = super().add_subparser(parser)
        subparser.description = (
            "Run a trained model on JSON lines or, with --from, on a file of any corpus format. "
            "If a document fails, the other documents are still predicted, and the exit status "
            "is 1."
        )
        subparser.add_argument(
            "--from",
            dest="from_format",
            help="format of the input: a name (pubtator, bioc_json, text, ...) or a JSON object",
        )
        subparser.add_argument(
            "--to", dest="to_format", help="format of the output, with --from (default: jsonl)"
        )
        subparser.add_argument("--output", dest="output_file", help="the same as --output-file")
        # The default of AllenNLP is a batch size of 1.
        subparser.set_defaults(batch_size=32)
        add_trust_argument(subparser, predict_from_args)
        return subparser


def predict_from_args(args: argparse.Namespace) -> None:
    """Runs `predict` for the command line. Exits with status 1 for bad input, and if a document
    failed."""
    common_logging.FILE_FRIENDLY_LOGGING = args.file_friendly_logging
    with user_errors():
        predictor = _predict_corpus(args) if args.from_format else _predict_as_allennlp(args)
    if isinstance(predictor, DocumentPredictor) and predictor.num_failures:
        print(
            f"{predictor.num_failures:,} of {counted(predictor.num_documents, 'document')} failed",
            file=sys.stderr,
        )
        sys.exit(1)


def _predict_as_allennlp(args: argparse.Namespace) -> Predictor:
    if args.to_format is not None:
        raise ConfigurationError("--to needs --from, the format of the input")
    if args.silent and not args.output_file:
        raise ConfigurationError("--silent needs --output, or else there is no output")
    predictor = _predictor(args)
    manager = _LinesManager(
        predictor,
        args.input_file,
        args.output_file,
        args.batch_size,
        not args.silent,
        args.use_dataset_reader,
        args.multitask_head,
    )
    try:
        with finishing():
            manager.run()
            _exit_if_stopped(manager.num_predictions)
    except (EOFError, zlib.error) as error:
        raise CorpusError(f"broken gzip file: {error}", args.input_file) from error
    if isinstance(predictor, DocumentPredictor) and not predictor.num_documents:
        raise CorpusError("no document was found", args.input_file)
    return predictor


class _LinesManager(_PredictManager):
    """Decodes lines so that a line that is not valid UTF-8 fails alone, in `load_line`. The output
    file appears once it is complete. If the command is told to stop, the input ends early."""

    def __init__(
        self, predictor: Predictor, input_file: str, output_file: Optional[str], *settings: Any
    ) -> None:
        super().__init__(predictor, input_file, None, *settings)
        self._path = None if output_file is None else Path(output_file)
        self._file: Optional[IO[str]] = None
        self.num_predictions = 0

    def run(self) -> None:
        with ExitStack() as stack:
            if self._path is not None:
                self._file = stack.enter_context(atomic_writer(self._path))
            super().run()
            if not self.num_predictions:
                _exit_if_stopped(0)  # without an empty file

    def _maybe_print_to_console_and_file(
        self, index: int, prediction: str, *model_input: str
    ) -> None:
        super()._maybe_print_to_console_and_file(index, prediction, *model_input)
        self.num_predictions += 1
        if self._file is not None:
            self._file.write(prediction)

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
            for line in file:
                if line.strip():
                    yield self._predictor.load_line(line.decode("utf-8", "surrogateescape"))


def _predict_corpus(args: argparse.Namespace) -> Predictor:
    if args.use_dataset_reader:
        raise ConfigurationError("--from and --use-dataset-reader exclude each other")
    from_format = corpus_format(args.from_format)
    to_format = corpus_format(args.to_format or "jsonl")
    _check_output(args.output_file, to_format)
    args.predictor = args.predictor or "document"
    predictor = _predictor(args)
    if not isinstance(predictor, DocumentPredictor):
        raise ConfigurationError("--from needs the 'document' predictor")
    predict_corpus(predictor, args.input_file, from_format, args.output_file, to_format)
    return predictor


def _predictor(args: argparse.Namespace) -> Predictor:
    if args.batch_size < 1:
        raise ConfigurationError(f"--batch-size must be positive, not {args.batch_size}")
    if args.cuda_device >= torch.cuda.device_count():
        raise ConfigurationError(
            f"--cuda-device {args.cuda_device} does not exist: torch sees "
            f"{counted(torch.cuda.device_count(), 'GPU')}"
        )
    predictor = _get_predictor(args)
    if isinstance(predictor, DocumentPredictor):
        predictor.batch_size = args.batch_size
    return predictor


def _check_output(output_file: Optional[str], to_format: CorpusFormat) -> None:
    if not to_format.writable:
        raise ConfigurationError(
            f"{type(to_format).__name__} cannot write; use another format, such as jsonl"
        )
    if output_file is None and not isinstance(to_format, JsonlFormat):
        raise ConfigurationError(f"{type(to_format).__name__} needs --output, the file to write")


def predict_corpus(
    predictor: DocumentPredictor,
    input_file: str,
    from_format: CorpusFormat,
    output_file: Optional[str] = None,
    to_format: Optional[CorpusFormat] = None,
) -> None:
    """Predicts every document of a corpus file. `predictor` counts the documents.

    # Parameters

    predictor : `DocumentPredictor`
    input_file : `str`
        A data path (`bio_ie.data.corpora.corpus_path`).
    from_format : `CorpusFormat`
    output_file : `str`, optional
        Without it, JSON lines are written to standard output.
    to_format : `CorpusFormat`, optional
        By default, JSON lines are written, with one document per line, or an object with the error
        for a document that failed. Other formats cannot hold failures, which are logged and left
        out.

    Raises `CorpusError` for a corpus that does not exist or is empty.
    """
    to_format = to_format or JsonlFormat()
    _check_output(output_file, to_format)
    predictions = predictor.predict_documents(
        until_stopped(read_with_failures(partial(read_corpus, input_file, from_format)))
    )
    with finishing():
        _write(predictor, predictions, output_file, to_format)
        _exit_if_stopped(predictor.num_documents)


def _write(
    predictor: DocumentPredictor,
    predictions: Iterable[DocumentOrFailure],
    output_file: Optional[str],
    to_format: CorpusFormat,
) -> None:
    with ExitStack() as stack:
        # disable=None: there is no bar if standard error is not a terminal but, for example, a
        # file.
        is_hidden = True if output_file is None else None
        bar = stack.enter_context(tqdm(predictions, unit=" documents", disable=is_hidden))
        outputs = _logged(bar, predictor)
        if output_file is not None and not isinstance(to_format, JsonlFormat):
            documents = (item for item in outputs if isinstance(item, Document))
            written = to_format.write(documents, output_file)
            if not is_stopped():
                print(f"wrote {output_file}: {written}", file=sys.stderr)
            return
        file: IO[str] = sys.stdout
        if output_file is not None:
            file = stack.enter_context(atomic_writer(Path(output_file)))
        for item in outputs:
            file.write(predictor.dump_line(item.to_json()))


def _logged(
    outputs: Iterable[DocumentOrFailure], predictor: DocumentPredictor
) -> Iterator[DocumentOrFailure]:
    for item in outputs:
        if isinstance(item, Failure):
            name = "a document" if item.id is None else f"document {item.id!r}"
            logger.error("%s failed: %s", name, item.error)
        yield item
    if not predictor.num_documents:
        _exit_if_stopped(0)  # without an empty file


def _exit_if_stopped(num_predictions: int) -> None:
    """Ends the command if it was told to stop, after it has written its predictions so far."""
    if is_stopped():
        done = f"the first {counted(num_predictions, 'document')} of the input"
        exit_stopped(f"predicted {done if num_predictions else 'no document'}")
