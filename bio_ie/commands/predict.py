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
from typing import IO, Callable, Iterable, Iterator, Optional

import torch
from allennlp.commands.predict import Predict as AllenNlpPredict
from allennlp.commands.predict import _get_predictor
from allennlp.common import logging as common_logging
from allennlp.common.checks import ConfigurationError
from allennlp.predictors import Predictor
from tqdm import tqdm

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.predict_lines import LINES_AT_ONCE, LinesManager, exit_if_stopped
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import DocumentOrFailure, Failure, read_with_failures
from bio_ie.files.stopping import finishing, is_stopped, until_stopped
from bio_ie.predictors.document_predictor import DocumentPredictor
from bio_ie.processes.garbage import loaded_objects_stay
from bio_ie.text.counted import counted
from bio_ie.text.document import Document

logger = logging.getLogger(__name__)


@Command.register("predict")
class Predict(Command):
    """AllenNLP's `predict` with `--from`, `--to` and `--output`."""

    builds_parts = True

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        subparser = AllenNlpPredict().add_subparser(parser)
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
        subparser.add_argument(
            "--on-error",
            choices=("raise", "skip"),
            help="what to do with a document that cannot be read or predicted: stop, or leave the "
            "document out (default: write the error in its place, and exit with status 1 at the "
            "end)",
        )
        subparser.add_argument(
            "--batch-wordpieces",
            type=int,
            help="the most wordpieces in a batch, with padding (default: 32 times --batch-size, "
            "but at least 1024)",
        )
        # The default of AllenNLP is a batch size of 1.
        subparser.set_defaults(batch_size=None)
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
        if args.on_error is None:
            sys.exit(1)


def _predict_as_allennlp(args: argparse.Namespace) -> Predictor:
    if args.to_format is not None:
        raise ConfigurationError("--to needs --from, the format of the input")
    if args.silent and not args.output_file:
        raise ConfigurationError("--silent needs --output, or else there is no output")
    predictor = _predictor(args)
    if args.on_error is not None and not isinstance(predictor, DocumentPredictor):
        raise ConfigurationError("--on-error needs the 'document' predictor")
    manager = LinesManager(
        predictor,
        args.input_file,
        args.output_file,
        args.batch_size or LINES_AT_ONCE,
        not args.silent,
        args.use_dataset_reader,
        args.multitask_head,
        on_error=args.on_error,
    )
    try:
        with finishing(), loaded_objects_stay():
            manager.run()
            exit_if_stopped(manager.num_predictions)
    except (EOFError, zlib.error) as error:
        raise CorpusError(f"broken gzip file: {error}", args.input_file) from error
    if isinstance(predictor, DocumentPredictor):
        _require_prediction(predictor, args.input_file, args.on_error)
    return predictor


def _require_prediction(
    predictor: DocumentPredictor, input_file: str, on_error: Optional[str]
) -> None:
    if not predictor.num_documents:
        raise CorpusError("no document was found", input_file)
    if on_error == "skip" and predictor.num_failures == predictor.num_documents:
        raise CorpusError("no document could be read and predicted", input_file)


def _predict_corpus(args: argparse.Namespace) -> Predictor:
    if args.use_dataset_reader:
        raise ConfigurationError("--from and --use-dataset-reader exclude each other")
    from_format = corpus_format(args.from_format, args.on_error)
    to_format = corpus_format(args.to_format or "jsonl")
    _check_output(args.output_file, to_format)
    args.predictor = args.predictor or "document"
    predictor = _predictor(args)
    if not isinstance(predictor, DocumentPredictor):
        raise ConfigurationError("--from needs the 'document' predictor")
    predict_corpus(
        predictor, args.input_file, from_format, args.output_file, to_format, args.on_error
    )
    return predictor


def _predictor(args: argparse.Namespace) -> Predictor:
    for option, value in (
        ("--batch-size", args.batch_size),
        ("--batch-wordpieces", args.batch_wordpieces),
    ):
        if value is not None and value < 1:
            raise ConfigurationError(f"{option} must be positive, not {value}")
    if args.cuda_device >= torch.cuda.device_count():
        raise ConfigurationError(
            f"--cuda-device {args.cuda_device} does not exist: torch sees "
            f"{counted(torch.cuda.device_count(), 'GPU')}"
        )
    predictor = _get_predictor(args)
    if isinstance(predictor, DocumentPredictor):
        predictor.batch_size = args.batch_size or predictor.batch_size
        predictor.batch_wordpieces = args.batch_wordpieces or predictor.batch_wordpieces
    elif args.batch_wordpieces is not None:
        raise ConfigurationError("--batch-wordpieces needs the 'document' predictor")
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
    on_error: Optional[str] = None,
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
    on_error : `str`, optional (default = `None`)
        `"raise"` stops at the first item that cannot be read, and at the first document that cannot
        be predicted. `"skip"` leaves documents out that fail.

    Raises `CorpusError` for a corpus that does not exist or is empty, with `"skip"` also if all
    documents fail.
    """
    to_format = to_format or JsonlFormat()
    _check_output(output_file, to_format)
    read = partial(read_corpus, input_file, from_format)
    predictions = predictor.predict_documents(
        until_stopped(read() if on_error == "raise" else read_with_failures(read))
    )

    def at_the_end() -> None:
        if not predictor.num_documents:
            exit_if_stopped(0)  # without an empty file
        if not is_stopped():
            _require_prediction(predictor, input_file, on_error)

    with finishing(), loaded_objects_stay():
        _write(predictor, _handled(predictions, on_error, at_the_end), output_file, to_format)
        exit_if_stopped(predictor.num_documents)


def _write(
    predictor: DocumentPredictor,
    outputs: Iterable[DocumentOrFailure],
    output_file: Optional[str],
    to_format: CorpusFormat,
) -> None:
    with ExitStack() as stack:
        # disable=None: there is no bar if standard error is not a terminal but, for example, a
        # file.
        is_hidden = True if output_file is None else None
        outputs = stack.enter_context(tqdm(outputs, unit=" documents", disable=is_hidden))
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


def _handled(
    outputs: Iterable[DocumentOrFailure], on_error: Optional[str], at_the_end: Callable[[], None]
) -> Iterator[DocumentOrFailure]:
    """The outputs, with failures logged, and left out or raised as `on_error` says. `at_the_end` is
    called before the output file appears, and may raise an error."""
    for item in outputs:
        if isinstance(item, Failure):
            name = "a document" if item.id is None else f"document {item.id!r}"
            if on_error == "raise":
                raise CorpusError(f"{name} failed: {item.error}")
            logger.error("%s failed: %s", name, item.error)
            if on_error == "skip":
                continue
        yield item
    at_the_end()
