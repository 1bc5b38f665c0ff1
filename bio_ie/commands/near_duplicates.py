"""
`bio-ie near-duplicates TEST TRAIN` counts the test sentences with a near duplicate in training.

    bio-ie near-duplicates GAD/1/test.tsv GAD/1/train.tsv --from blinded_tsv
    bio-ie near-duplicates GAD/1/test.tsv GAD/1/train.tsv --from blinded_tsv --output seen.txt
"""

import argparse
from pathlib import Path
from typing import List, Optional, Sequence

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.pairs.near_duplicates import NearDuplicate, near_duplicates
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.text.counted import counted
from bio_ie.text.document import Document


@Command.register("near-duplicates")
class NearDuplicates(Command):
    """The command around `near_duplicates`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Count the documents of a corpus of sentences that have a near duplicate in
            another corpus, that is a document with almost the same words. Blinded arguments do not
            count as words."""
        subparser = parser.add_parser(
            self.name,
            description=description,
            help="count test sentences with a near duplicate in training",
        )
        subparser.add_argument("test", help="corpus file, or a JSON data path")
        subparser.add_argument(
            "train", help="corpus in which duplicates are searched: a file, or a JSON data path"
        )
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="format of both corpora: a name, or a JSON object with 'type' and options "
            "(default: jsonl)",
        )
        subparser.add_argument(
            "--threshold",
            type=float,
            default=0.8,
            help="the share of all words of two sentences that both must have, so that they are "
            "near duplicates (default: 0.8)",
        )
        subparser.add_argument(
            "--output",
            help="file to write: the ids of the test documents with a near duplicate, one per "
            "line, for exclude_documents of the format filtered",
        )
        subparser.set_defaults(func=near_duplicates_from_args)
        return subparser


def near_duplicates_from_args(args: argparse.Namespace) -> None:
    """Runs `near_duplicates` for the command line and prints the counts."""
    with user_errors():
        format_ = corpus_format(args.from_format)
        documents = _documents(args.test, format_)
        others = _documents(args.train, format_)
        found = near_duplicates(
            [document.text for document in documents],
            [document.text for document in others],
            args.threshold,
        )
        if args.output:
            with atomic_writer(Path(args.output)) as file:
                for document, duplicate in zip(documents, found, strict=True):
                    if duplicate is not None:
                        file.write(f"{document.id}\n")
    print(summary(found))


def summary(found: Sequence[Optional[NearDuplicate]]) -> str:
    """The counts, as a line of text."""
    similar = [item for item in found if item is not None]
    same = sum(item.similarity == 1 for item in similar)
    share = len(similar) / len(found) if found else 0.0
    return (
        f"{len(similar):,} of {counted(len(found), 'document')} ({share:.1%}) with a near "
        f"duplicate, {same:,} of them with a duplicate of exactly the same words"
    )


def _documents(path: str, format_: CorpusFormat) -> List[Document]:
    return list(read_corpus(path, format_))
