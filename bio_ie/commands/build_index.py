"""
`bio-ie build-index KB` builds the index that the candidate generator `tfidf` needs.

    bio-ie build-index kb.sqlite
"""

import argparse
import time

from bio_ie.commands.command import Command
from bio_ie.commands.user_errors import user_errors
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.tfidf_index import build_tfidf_index, index_folder
from bio_ie.text.counted import counted


@Command.register("build-index")
class BuildIndex(Command):
    """The command around `build_tfidf_index`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Build the TF-IDF index of the names of a knowledge base, for the candidate
            generator 'tfidf'. Build it again whenever the knowledge base has changed."""
        subparser = parser.add_parser(
            self.name, description=description, help="index the names of a knowledge base"
        )
        subparser.add_argument("kb", help="knowledge base, a file that build-kb has written")
        subparser.add_argument(
            "--output", help="folder to write (default: KB.tfidf, next to the knowledge base)"
        )
        subparser.set_defaults(func=build_index_from_args)
        return subparser


def build_index_from_args(args: argparse.Namespace) -> None:
    """Runs `build_tfidf_index` for the command line and prints the size of the index."""
    started = time.perf_counter()
    kb = KnowledgeBase(args.kb)
    with user_errors():
        summary = build_tfidf_index(kb, args.output, progress=True)
    folder = index_folder(kb, args.output)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    print(
        f"wrote {folder}: {counted(summary.names, 'name')} of "
        f"{counted(summary.concepts, 'concept')}, {summary.distinct_names:,} of them distinct, "
        f"{counted(summary.features, 'feature')}; "
        f"{size / 1e6:,.0f} MB in {time.perf_counter() - started:.0f} s"
    )
