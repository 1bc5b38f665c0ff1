"""
`bio-ie link-scispacy FILE` links the mentions of a corpus with scispaCy, as a baseline.

    bio-ie link-scispacy CDR_DevelopmentSet.PubTator.txt.gz --from pubtator --linker mesh --output runs/scispacy.jsonl
    bio-ie score runs/scispacy.jsonl CDR_DevelopmentSet.PubTator.txt.gz --gold-from pubtator
"""  # noqa: E501 - a command is one line

import argparse
import json
import sys
from functools import partial
from pathlib import Path

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.failures import Failure, read_with_failures
from bio_ie.predictors.scispacy_linker import ScispacyLinker, load_scispacy
from bio_ie.text.counted import counted


@Command.register("link-scispacy")
class LinkScispacy(Command):
    """The command around `ScispacyLinker`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Find the mentions of a corpus with a pipeline of scispaCy and link them
            with its linker, as a baseline. The pipeline has to be installed. scispaCy downloads the
            linker's index when it is first used."""
        subparser = parser.add_parser(
            self.name, description=description, help="link mentions with scispaCy, as a baseline"
        )
        subparser.add_argument("input", help="a corpus file")
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="format of the corpus (default: jsonl)",
        )
        subparser.add_argument(
            "--output", required=True, help="file to write: JSON lines, one document per line"
        )
        subparser.add_argument(
            "--pipeline",
            default="en_core_sci_lg",
            help="pipeline of spaCy to use (default: en_core_sci_lg)",
        )
        subparser.add_argument(
            "--linker",
            default="umls",
            help="knowledge base to link to: umls (default), mesh, rxnorm, go or hpo",
        )
        subparser.add_argument(
            "--threshold",
            type=float,
            default=0.7,
            help="lowest similarity of a linked concept (default: 0.7)",
        )
        subparser.set_defaults(func=link_scispacy_from_args)
        return subparser


def link_scispacy_from_args(args: argparse.Namespace) -> None:
    """Runs `ScispacyLinker` for the command line. Exits with status 1 for bad input, and if a
    document could not be read."""
    with user_errors():
        linker = ScispacyLinker(load_scispacy(args.pipeline, args.linker, args.threshold))
        from_format = corpus_format(args.from_format)
        documents = read_with_failures(partial(read_corpus, args.input, from_format))
        num_failures = 0
        with atomic_writer(Path(args.output)) as file:
            for found in linker.predict_documents(documents):
                num_failures += isinstance(found, Failure)
                file.write(json.dumps(found.to_json(), ensure_ascii=False) + "\n")
    if num_failures:
        print(f"{counted(num_failures, 'document')} could not be read", file=sys.stderr)
        sys.exit(1)
