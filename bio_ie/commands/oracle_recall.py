"""
`bio-ie oracle-recall CORPUS --kb KB` prints how many facts of a corpus could be found at best.

    bio-ie oracle-recall dev.PubTator.txt.gz --from pubtator --kb kb.sqlite
    bio-ie oracle-recall dev.jsonl --kb kb.sqlite -k 1 25 250 --output recall.json \
--semantic-types '{"Chemical": ["Chemical"], "Disease": ["Disease"]}'
"""

import argparse
import json
from pathlib import Path
from typing import Any, Dict, Iterator

from allennlp.common.checks import ConfigurationError

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.on_error_argument import add_on_error_argument
from bio_ie.commands.types_argument import types_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.knowledge.candidate_generators import (
    CandidateGenerator,
    ExactCandidateGenerator,
    TfidfCandidateGenerator,
)
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.metrics.oracle_recall import OracleRecall, oracle_recall
from bio_ie.text.counted import counted


@Command.register("oracle-recall")
class OracleRecallCommand(Command):
    """The command around `oracle_recall`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Print the share of a corpus's facts that a model could find at best. These
            are the facts whose two concepts are both among the ids of the mentions, or both among
            the first k candidates of some mention. Abbreviations that a document explains are
            expanded."""
        subparser = parser.add_parser(
            self.name, description=description, help="print how many facts can be found at best"
        )
        subparser.add_argument(
            "input", help="corpus with mentions and facts, or a part of one as a JSON data path"
        )
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="format of the corpus: a name (pubtator, ...), or a JSON object with 'type' and "
            "options (default: jsonl)",
        )
        subparser.add_argument(
            "--kb", required=True, help="knowledge base, a file that build-kb has written"
        )
        subparser.add_argument(
            "-k",
            type=int,
            nargs="+",
            default=[1, 25],
            help="one or more numbers of candidates (default: 1 25)",
        )
        subparser.add_argument(
            "--generator",
            choices=("exact", "tfidf"),
            default="tfidf",
            help="find candidates by the names that are most similar to the mention (tfidf, the "
            "default, which needs build-index), or by names that are the same (exact)",
        )
        subparser.add_argument(
            "--semantic-types",
            metavar="JSON",
            help="for a type of mention, the semantic types of its candidates: "
            '\'{"Chemical": ["Chemical"]}\' (default: any)',
        )
        subparser.add_argument(
            "--as-written", action="store_true", help="do not expand abbreviations"
        )
        subparser.add_argument(
            "--threads", type=int, help="number of threads of tfidf (default: all cores)"
        )
        subparser.add_argument("--output", help="JSON file to write, with the counts")
        add_on_error_argument(subparser)
        subparser.set_defaults(func=oracle_recall_from_args)
        return subparser


def oracle_recall_from_args(args: argparse.Namespace) -> None:
    """Runs `oracle_recall` for the command line and prints a table."""
    with user_errors():
        kb = KnowledgeBase(args.kb)
        generator = _generator(args, kb)
        documents = read_corpus(args.input, corpus_format(args.from_format, args.on_error))
        result = oracle_recall(documents, generator, kb, args.k)
        if not result.facts:
            raise ConfigurationError(f"{args.input}: the corpus has no facts")
        if args.output:
            with atomic_writer(Path(args.output)) as file:
                json.dump(result.to_json(), file, indent=2, ensure_ascii=False)
                file.write("\n")
    print("\n".join(table(result)))


def _generator(args: argparse.Namespace, kb: KnowledgeBase) -> CandidateGenerator:
    settings: Dict[str, Any] = {
        "k": max(args.k),
        "expand_abbreviations": not args.as_written,
        "semantic_types": types_argument(args.semantic_types, "--semantic-types"),
    }
    if args.generator == "exact":
        return ExactCandidateGenerator(kb, **settings)
    return TfidfCandidateGenerator(kb, num_threads=args.threads, **settings)


def table(result: OracleRecall) -> Iterator[str]:
    """The result as lines of text, with ratios in percent."""
    counts = result.to_json()
    yield counted(counts["documents"], "document")
    yield ""
    width = 2 + max(map(len, counts["relations"]))
    heads = ["facts", "unknown", "linked", *(f"top {rank}" for rank in result.ranks)]
    yield f"{'relation':<{width}}" + "".join(f"{head:>10}" for head in heads)
    for relation, row in counts["relations"].items():
        ratios = [row["linked_recall"], *(part["recall"] for part in row["candidates"].values())]
        numbers = "".join(f"{row[name]:10,}" for name in ("facts", "unknown"))
        yield f"{relation:<{width}}{numbers}" + "".join(f"{100 * ratio:10.1f}" for ratio in ratios)
