"""
`bio-ie convert IN OUT --from FORMAT --to FORMAT` turns a corpus from one format into another.

    bio-ie convert corpus.PubTator.txt.gz corpus.json --from pubtator --to bioc_json
    bio-ie convert 'notes/*.txt' notes.jsonl.gz --from '{"type": "text", "unit": "line"}' --to jsonl
"""

import argparse
import os
import sys
from typing import Tuple, Union

from tqdm import tqdm

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.on_error_argument import add_on_error_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.corpus_report import CorpusReport


@Command.register("convert")
class Convert(Command):
    """The command around `convert`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Convert a corpus from one format into another. The command prints what was
            read, written and lost. The exit status is 1 if something was lost, unless
            --on-error skip is given."""
        subparser = parser.add_parser(self.name, description=description, help="convert a corpus")
        subparser.add_argument(
            "input",
            help="file, folder (brat, pubmed_xml, ...), URL or quoted glob pattern; may be .gz",
        )
        subparser.add_argument(
            "output", help="file to write (.gz is compressed), or folder to write (brat)"
        )
        known = "a name (pubtator, bioc_xml, brat, ...), or a JSON object with 'type' and options"
        for flag, what in (("from", "format of the input"), ("to", "format of the output")):
            subparser.add_argument(
                f"--{flag}", dest=f"{flag}_format", required=True, help=f"{what}: {known}"
            )
        add_on_error_argument(subparser)
        subparser.set_defaults(func=convert_from_args)
        return subparser


def convert_from_args(args: argparse.Namespace) -> None:
    """Runs `convert` for the command line. Exits with status 1 for bad input, and if something was
    lost without `--on-error skip`."""
    with user_errors():
        read, written = convert(
            args.input,
            args.output,
            corpus_format(args.from_format, args.on_error),
            corpus_format(args.to_format, args.on_error),
            progress=True,
        )
    # The output may be standard output itself (/dev/stdout).
    summary = sys.stderr if _is_stdout(args.output) else sys.stdout
    print(f"read {args.input}: {read}", file=summary)
    print(f"wrote {args.output}: {written}", file=summary)
    if args.on_error == "raise" and (read.lost or written.lost):
        print("something was lost (see above); use --on-error skip to allow it", file=sys.stderr)
        sys.exit(1)


def _is_stdout(path: str) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(sys.stdout.fileno()))
    except OSError:
        return False


def convert(
    input_path: Union[str, "os.PathLike[str]"],
    output_path: Union[str, "os.PathLike[str]"],
    from_format: CorpusFormat,
    to_format: CorpusFormat,
    progress: bool = False,
) -> Tuple[CorpusReport, CorpusReport]:
    """Converts a corpus document by document. If both formats stream, only one document is in
    memory at a time.

    # Parameters

    input_path : `str`
        A path that `CorpusFormat.read` can read.
    output_path : `str`
        The output appears only once it is complete.
    from_format, to_format : `CorpusFormat`
    progress : `bool`, optional (default = `False`)
        Shows a progress bar on standard error if that is a terminal.

    # Returns

    `Tuple[CorpusReport, CorpusReport]`
        The reports of what was read and of what was written, each with what was lost.

    Raises `CorpusError` for input that cannot be read, and `ConfigurationError` if `to_format`
    cannot write.
    """
    read = CorpusReport(is_shown=progress)
    documents = from_format.read(input_path, read)
    # disable=None: there is no bar if standard error is not a terminal but, for example, a file.
    bar = tqdm(documents, unit=" documents", disable=None if progress else True)
    written = to_format.write(bar, output_path)
    return read, written
