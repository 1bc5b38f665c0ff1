"""
`bio-ie score PREDICTIONS GOLD` compares predicted documents with annotated ones.

    bio-ie score predictions.jsonl CDR_DevelopmentSet.PubTator.txt.gz --gold-from pubtator
    bio-ie score out.json '{"file": "corpus.jsonl", "split": "test", "fold": 0}' --from bioc_json
"""

import argparse
import json
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

from allennlp.commands.subcommand import Subcommand

from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.metrics.document_scores import DocumentScores, score_documents
from bio_ie.metrics.scored_items import SCORED_ITEMS
from bio_ie.metrics.significance import Comparison, compare
from bio_ie.text.counted import counted

RATIOS = ("precision", "recall", "f1")
COUNTS = ("correct", "predicted", "gold")

OFFICIAL_ROWS = {"interactions": "{}", "mentions": "mention_{}"}
OFFICIAL_COUNTS = ("correct", "wrong", "gold")
"""The counts of interactions; see `biorelex_f1`."""


@Subcommand.register("score")
class Score(Subcommand):
    """The subcommand around `score_documents`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Score predicted documents against annotated ones with the same ids.
            An annotated document without a prediction counts as one in which nothing was found.
            Facts and the concepts of documents are scored if the annotations have some. If the
            annotations are from BioRelEx, the official score of that corpus is given too."""
        subparser = parser.add_parser(
            self.name, description=description, help="score predictions against annotations"
        )
        subparser.add_argument("predictions", help="corpus file with the predictions")
        subparser.add_argument("gold", help="corpus file, or a part of one as a JSON data path")
        choices = "a name (jsonl, pubtator, ...), or a JSON object with 'type' and options"
        for flag, what in (("from", "the predictions"), ("gold-from", "the annotations")):
            subparser.add_argument(
                f"--{flag}",
                dest=f"{flag.replace('-', '_')}_format",
                default="jsonl",
                help=f"format of {what} (default: jsonl): {choices}",
            )
        subparser.add_argument(
            "--kb",
            help="knowledge base that tells which ids of facts and links mean the same concept",
        )
        subparser.add_argument(
            "--other",
            help="corpus file with the predictions of another system, in the same format; tests "
            "whether the two systems differ by more than chance (Wilcoxon signed-rank test over "
            "documents)",
        )
        subparser.add_argument("--output", help="JSON file to write the scores to")
        subparser.add_argument(
            "--on-error",
            choices=("raise", "skip"),
            default="raise",
            help="what to do with an item that cannot be read, such as a prediction that failed: "
            "stop (default), or leave it out",
        )
        subparser.set_defaults(func=score_from_args)
        return subparser


def score_from_args(args: argparse.Namespace) -> None:
    """Runs `score_documents` for the command line and prints a table."""
    with user_errors():
        scores = _scores(args, args.predictions)
        comparisons = {}
        if args.other:
            other = _scores(args, args.other)
            for name, by_document in scores.by_document.items():
                pairs = by_document.values(), other.by_document[name].values()
                comparisons[name] = compare(*map(list, pairs))
        if args.output:
            result = {key: value for key, value in scores._asdict().items() if key != "by_document"}
            if comparisons:
                result["comparison"] = {name: c._asdict() for name, c in comparisons.items()}
            with atomic_writer(Path(args.output)) as file:
                json.dump(result, file, indent=2, ensure_ascii=False)
                file.write("\n")
    print("\n".join(table(scores)))
    if comparisons:
        print("\n".join(comparison_table(comparisons)))


def _scores(args: argparse.Namespace, predictions: str) -> DocumentScores:
    return score_documents(
        read_corpus(predictions, corpus_format(args.from_format, args.on_error)),
        read_corpus(args.gold, corpus_format(args.gold_from_format, args.on_error)),
        KnowledgeBase(args.kb) if args.kb else None,
    )


def comparison_table(comparisons: Dict[str, Comparison]) -> Iterator[str]:
    """A table of two systems: the number of documents on which each one scored higher."""
    yield ""
    heads = "".join(f"{head:>11}" for head in ("better", "worse", "ties", "p"))
    yield f"{'against the other':<18}{heads}"
    for name, found in comparisons.items():
        counts = "".join(f"{count:11,}" for count in found[:3])
        yield f"{'  ' + name:<18}{counts}{found.p_value:11.2g}"


def table(scores: DocumentScores) -> Iterator[str]:
    """A table of the scores, line by line. Ratios are in percent."""
    yield f"{counted(scores.documents, 'document')}, {scores.missing:,} without a prediction"
    parts: List[Tuple[str, Dict[str, float], Dict[str, str], Sequence[str]]] = []
    for kind, items in SCORED_ITEMS.items():
        found = getattr(scores, kind)
        if found is not None:
            parts.append((items.title, found, _rows(found), COUNTS))
    if scores.official is not None:
        parts.append(("official", scores.official, OFFICIAL_ROWS, OFFICIAL_COUNTS))
    width = 2 + max(len(row) for name, _, rows, _ in parts for row in (name[2:], *rows))
    for name, metrics, rows, counts in parts:
        yield ""
        heads = "".join(f"{head:>11}" for head in (*RATIOS, *counts))
        yield f"{name:<{width}}{heads}"
        for row, template in rows.items():
            ratios = "".join(f"{100 * metrics[template.format(name)]:11.2f}" for name in RATIOS)
            keys = [template.format(name) for name in counts]
            numbers = "".join(f"{metrics[key]:11,.0f}" for key in keys if key in metrics)
            yield f"{'  ' + row:<{width}}{ratios}{numbers}"


def _rows(metrics: Dict[str, float]) -> Dict[str, str]:
    """The name of each line, and the template for the names of its metrics."""
    rows: Dict[str, str] = {}
    for criterion, prefix in (
        ("strict", ""),
        ("boundary", "boundary_"),
        ("last word", "last_word_"),
        ("with types", "typed_"),
    ):
        if f"{prefix}f1" in metrics:
            rows[criterion] = f"{prefix}{{}}"
        if f"{prefix}macro_f1" in metrics:
            rows[f"{criterion}, macro"] = f"{prefix}macro_{{}}"
    types: List[str] = [key.partition("/")[2] for key in metrics if key.startswith("f1/")]
    rows.update({type_: f"{{}}/{type_}" for type_ in types})
    return rows
