"""
`bio-ie render PREDICTIONS` writes documents or predictions as one web page.

    bio-ie render predictions.jsonl --gold test.pubtator --gold-from pubtator --output page.html
"""

import argparse
import os
from pathlib import Path

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.on_error_argument import add_on_error_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.rendering import render
from bio_ie.rendering.predictions import read_predictions
from bio_ie.text.counted import counted


@Command.register("render")
class Render(Command):
    """Writes one self-contained HTML page that shows the documents of a file."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Write one self-contained HTML page that shows the documents of a file, with
            their mentions, relations, facts and scores. With --gold, it also shows which
            annotations are right, wrong and missed."""
        subparser = parser.add_parser(
            self.name, description=description, help="show documents or predictions as a web page"
        )
        subparser.add_argument("predictions", help="file with predicted or annotated documents")
        subparser.add_argument("--output", required=True, help="HTML file to write")
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="format of the documents: a name (pubtator, bioc_json, ...) or a JSON object "
            "(default: jsonl, the format of predictions)",
        )
        subparser.add_argument("--gold", help="file with the same documents and gold annotations")
        subparser.add_argument(
            "--gold-from", default="jsonl", help="format of the gold file (default: jsonl)"
        )
        subparser.add_argument("--title", help="title of the page (default: the file's name)")
        add_on_error_argument(subparser, "an item of a file", "the item")
        subparser.set_defaults(func=_render)
        return subparser


def _render(args: argparse.Namespace) -> None:
    with user_errors():
        predictions = read_predictions(
            args.predictions, corpus_format(args.from_format, args.on_error)
        )
        gold = None
        if args.gold is not None:
            gold = corpus_format(args.gold_from, args.on_error).read(args.gold)
        title = args.title or os.path.basename(args.predictions) or args.predictions
        page = render(predictions, gold, title)
        with atomic_writer(Path(args.output)) as file:
            file.write(page)
    number = counted(len(predictions), "document")
    print(f"wrote {args.output}: {number}, {len(page) / 1e6:.1f} MB")
