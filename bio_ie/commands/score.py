"""
`bio-ie score PREDICTIONS GOLD` compares predicted documents with annotated ones.

    bio-ie score predictions.jsonl CDR_DevelopmentSet.PubTator.txt.gz --gold-from pubtator
    bio-ie score out.json '{"file": "corpus.jsonl", "split": "test", "fold": 0}' --from bioc_json
"""

import argparse
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.known_documents import KnownDocuments
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.metrics.document_scores import DocumentScores, score_documents
from bio_ie.metrics.scored_items import SCORED_ITEMS
from bio_ie.metrics.significance import Comparison, Difference, compare, compare_micro
from bio_ie.text.counted import counted

RATIOS = ("precision", "recall", "f1")
COUNTS = ("correct", "predicted", "gold")

ROW_NAMES = {
    "strict": "strict",
    "boundary": "boundary",
    "last_word": "last word",
    "typed": "with types",
}
"""What the table calls the criteria of `ItemF1`."""

OFFICIAL_ROWS = {"interactions": "{}", "mentions": "mention_{}"}
OFFICIAL_COUNTS = ("correct", "wrong", "gold")
"""The counts of interactions; see `biorelex_f1`."""


@Command.register("score")
class Score(Command):
    """The command around `score_documents`."""

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
            help="knowledge base that tells which ids of facts and links mean the same concept; no "
            "annotated document may be evidence in it (see --on-leak)",
        )
        subparser.add_argument(
            "--vectors",
            action="append",
            default=[],
            help="file of concept vectors of the model that made the predictions; no annotated "
            "document may be evidence for them; can be repeated",
        )
        subparser.add_argument(
            "--on-leak",
            choices=("raise", "warn"),
            default="raise",
            help="what to do if annotated documents are evidence in the knowledge base or for the "
            "vectors, so that a model knew of them: stop (default), or print a warning",
        )
        subparser.add_argument(
            "--other",
            help="corpus file with the predictions of another system, in the same format; tests "
            "whether the scores of the two systems differ by more than chance (randomisation and "
            "bootstrap over documents), and whether those of single documents do (Wilcoxon "
            "signed-rank test)",
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
        other = _scores(args, args.other) if args.other else None
        comparisons = compare_systems(scores, other) if other else None
        if args.output:
            left_out = ("by_document", "counts_by_document")
            result = {key: value for key, value in scores._asdict().items() if key not in left_out}
            if comparisons:
                result["comparison"] = _as_dicts(comparisons.documents)
                result["micro_comparison"] = _as_dicts(comparisons.micro)
            with atomic_writer(Path(args.output)) as file:
                json.dump(result, file, indent=2, ensure_ascii=False)
                file.write("\n")
    print("\n".join(table(scores)))
    if comparisons:
        print("\n".join(comparison_table(comparisons)))


class Comparisons(NamedTuple):
    """Two systems on the same documents.

    # Parameters

    micro : `Dict[str, Dict[str, Dict[str, Difference]]]`
        For each kind of items that is annotated, and `official`, for each criterion: how their
        micro precision, recall and F1 differ.
    documents : `Dict[str, Comparison]`
        For each kind of items: how the strict F1 of documents differs.
    """

    micro: Dict[str, Dict[str, Dict[str, Difference]]]
    documents: Dict[str, Comparison]


def compare_systems(first: DocumentScores, second: DocumentScores) -> Comparisons:
    """Compares two systems' scores of the same annotated documents."""
    micro: Dict[str, Dict[str, Dict[str, Difference]]] = {}
    for kind, criteria in first.counts_by_document.items():
        # Facts, links and the official score are not scored in every corpus.
        if getattr(first, kind) is None or getattr(second, kind) is None:
            continue
        micro[kind] = {}
        for criterion, ours in criteria.items():
            theirs = second.counts_by_document[kind][criterion]
            both = [document for document in ours if document in theirs]
            micro[kind][criterion] = compare_micro(
                [ours[document] for document in both], [theirs[document] for document in both]
            )
    documents = {
        kind: compare(list(ours.values()), list(second.by_document[kind].values()))
        for kind, ours in first.by_document.items()
    }
    return Comparisons(micro, documents)


def _as_dicts(value: Any) -> Any:
    """Named tuples as dictionaries, for JSON."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    return {key: _as_dicts(part) for key, part in value.items()}


def _scores(args: argparse.Namespace, predictions: str) -> DocumentScores:
    kb = KnowledgeBase(args.kb) if args.kb else None
    known = KnownDocuments(kb, args.vectors)
    scores = score_documents(
        known.noted(read_corpus(predictions, corpus_format(args.from_format, args.on_error))),
        known.scored(read_corpus(args.gold, corpus_format(args.gold_from_format, args.on_error))),
        kb,
    )
    known.check(args.gold, args.on_leak)
    return scores


def comparison_table(comparisons: Comparisons) -> Iterator[str]:
    """Tables of two systems: the differences of their micro scores in points, with 95 % intervals
    and p-values, and the number of documents on which each one scored higher."""
    titles = {kind: items.title for kind, items in SCORED_ITEMS.items()}
    for kind, criteria in comparisons.micro.items():
        yield ""
        yield f"{titles.get(kind, kind):<34}{'difference':>11}{'95 % interval':>21}{'p':>11}"
        for criterion, found in criteria.items():
            for ratio in RATIOS:
                name = f"  {ROW_NAMES.get(criterion, criterion)}, {ratio}"
                yield f"{name:<34}{_difference(found[ratio])}"
    yield ""
    heads = "".join(f"{head:>11}" for head in ("better", "worse", "ties", "p"))
    yield f"{'against the other':<18}{heads}"
    for name, comparison in comparisons.documents.items():
        counts = "".join(f"{count:11,}" for count in comparison[:3])
        yield f"{'  ' + name:<18}{counts}{comparison.p_value:11.2g}"


def _difference(found: Difference) -> str:
    low, high = 100 * found.low, 100 * found.high
    interval = f"{low:+.2f} to {high:+.2f}"
    return f"{100 * found.difference:+11.2f}{interval:>21}{found.p_value:11.2g}"


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
    for criterion, name in ROW_NAMES.items():
        prefix = "" if criterion == "strict" else f"{criterion}_"
        if f"{prefix}f1" in metrics:
            rows[name] = f"{prefix}{{}}"
        if f"{prefix}macro_f1" in metrics:
            rows[f"{name}, macro"] = f"{prefix}macro_{{}}"
    types: List[str] = [key.partition("/")[2] for key in metrics if key.startswith("f1/")]
    rows.update({type_: f"{{}}/{type_}" for type_ in types})
    return rows
