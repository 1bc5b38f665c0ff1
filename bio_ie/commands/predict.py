"""`predict`, extended by corpus formats on both sides.

    bio-ie predict ARCHIVE FILE --from pubtator --to bioc_json --output out.json

Without `--from` it is AllenNLP's own command, which reads JSON lines.
"""

import argparse
import logging
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Iterable, Iterator, List, Optional

from allennlp.commands.predict import Predict as AllenNlpPredict
from allennlp.commands.predict import _get_predictor
from allennlp.commands.subcommand import Subcommand
from allennlp.common import logging as common_logging
from allennlp.common.checks import ConfigurationError
from allennlp.common.tqdm import Tqdm

from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.data.corpora.corpus_format import CorpusFormat, CorpusReport, atomic_writer
from bio_ie.data.document import Document
from bio_ie.predictors.document_predictor import DocumentPredictor, Failure, Input, isolate_errors

logger = logging.getLogger(__name__)


@Subcommand.register("predict", exist_ok=True)
class Predict(AllenNlpPredict):
    """AllenNLP's `predict` with `--from`, `--to` and `--output`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        subparser = super().add_subparser(parser)
        subparser.description = (
            "Run a trained model on JSON lines, or, with --from, on a file of any corpus format."
        )
        subparser.add_argument(
            "--from",
            dest="from_format",
            help="format of the input: a name (pubtator, bioc_json, text, ...) or a JSON object",
        )
        subparser.add_argument(
            "--to",
            dest="to_format",
            default="jsonl",
            help="with --from: format of the output (default: jsonl)",
        )
        subparser.add_argument("--output", dest="output_file", help="the same as --output-file")
        subparser.set_defaults(func=_predict)
        return subparser


def _predict(args: argparse.Namespace) -> None:
    if args.from_format is None:
        from allennlp.commands.predict import _predict as allennlp_predict

        allennlp_predict(args)
        return
    common_logging.FILE_FRIENDLY_LOGGING = args.file_friendly_logging
    args.predictor = args.predictor or "document"
    from_format = corpus_format(args.from_format)
    to_format = corpus_format(args.to_format)
    if args.output_file is None and args.to_format != "jsonl":
        raise ConfigurationError("--to needs --output, the file to write")
    predictor = _get_predictor(args)
    if not isinstance(predictor, DocumentPredictor):
        raise ConfigurationError("--from needs the 'document' predictor")
    if args.batch_size > 1:
        predictor.batch_size = args.batch_size
    failures = predict_corpus(predictor, args.input_file, from_format, args.output_file, to_format)
    if failures:
        sys.exit(1)


def predict_corpus(
    predictor: DocumentPredictor,
    input_file: str,
    from_format: CorpusFormat,
    output_file: Optional[str] = None,
    to_format: Optional[CorpusFormat] = None,
) -> int:
    """Predicts every document of a corpus file.

    # Parameters

    predictor : `DocumentPredictor`
    input_file : `str`
    from_format : `CorpusFormat`
    output_file : `str`, optional
        Without it, JSON lines go to standard output.
    to_format : `CorpusFormat`, optional
        Without it, JSON lines are written: a document a line, and an error object for each that
        failed. Other formats have no place for failures: they are reported and left out.

    # Returns

    `int`
        How many documents failed.
    """
    inputs = isolate_errors(from_format.read(input_file))
    failures: List[Failure] = []
    outputs = _reported(Tqdm.tqdm(predictor.predict_documents(inputs), unit="doc"), failures)
    if to_format is not None and type(to_format) is not CorpusFormat.by_name("jsonl"):
        if output_file is None:
            raise ConfigurationError(f"{type(to_format).__name__} needs an output file")
        report = CorpusReport()
        documents = (item for item in outputs if isinstance(item, Document))
        to_format.write(documents, output_file, report)
        print(f"wrote {report}", file=sys.stderr)
    else:
        with ExitStack() as stack:
            file: IO[str] = (
                stack.enter_context(atomic_writer(Path(output_file))) if output_file else sys.stdout
            )
            for item in outputs:
                file.write(predictor.dump_line(item.to_json()))
    return len(failures)


def _reported(outputs: Iterable[Input], failures: List[Failure]) -> Iterator[Input]:
    for item in outputs:
        if isinstance(item, Failure):
            failures.append(item)
            logger.error("document %r failed: %s", item.id, item.error)
        yield item
