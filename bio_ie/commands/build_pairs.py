"""
`bio-ie build-pairs SENTENCES --related TABLE --output FOLDER` makes a data set of related and
unrelated pairs of entities.

    bio-ie build-pairs pairs.jsonl.gz --related CTD_chemicals_diseases.tsv.gz --output chemicals
    bio-ie build-pairs pairs.jsonl.gz --related related.tsv \
'{"file": "corpus.PubTator.txt.gz", "format": "pubtator"}' --excluded other.tsv --output pairs
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Dict, Iterator, Optional, Sequence, Set

from allennlp.common.checks import ConfigurationError
from tqdm import tqdm

from bio_ie.commands.command import Command
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.losses import Losses
from bio_ie.data.pairs.pair_dataset import (
    Pair,
    Shares,
    co_occurrences,
    labelled_pairs,
    pair_lines,
    split_pairs,
    unordered,
)
from bio_ie.data.pairs.pair_sentences import PairSentencesFormat
from bio_ie.data.pairs.pair_tables import RelatedPair, read_pairs
from bio_ie.files.atomic_output import atomic_folder, give_usual_rights
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import counted, counted_lines


@Command.register("build-pairs")
class BuildPairs(Command):
    """The command around `build_pairs`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Write train.jsonl, validation.jsonl and test.jsonl for the reader
            relation_pairs. They contain pairs of entities that some sentence names together.
            Related pairs are in a table of a database; unrelated pairs are in no table. A pair is
            in only one of the files, in whichever order its entities are."""
        subparser = parser.add_parser(
            self.name, description=description, help="make a data set of pairs of entities"
        )
        subparser.add_argument("input", help="file of sentences that extract-pairs has written")
        table = (
            "a table of CTD; a file with two or three columns separated by tabs (two ids, and a "
            "relation); or a corpus with facts or relations, as a JSON data path"
        )
        subparser.add_argument(
            "--related", nargs="+", required=True, metavar="TABLE", help=f"related pairs: {table}"
        )
        subparser.add_argument(
            "--excluded",
            nargs="+",
            default=[],
            metavar="TABLE",
            help="pairs that are left out, because they are neither related nor unrelated: tables "
            "as for --related",
        )
        subparser.add_argument(
            "--exclude-relations",
            nargs="+",
            default=[],
            metavar="RELATION",
            help="leave out pairs of --related with one of these relations, such as "
            "chem_disease_therapeutic (default: none)",
        )
        subparser.add_argument(
            "--output", required=True, help="folder to write; it must be new or empty"
        )
        subparser.add_argument(
            "--kb", help="knowledge base that tells which ids are the same concept"
        )
        for split in ("validation", "test"):
            subparser.add_argument(
                f"--{split}-share",
                type=float,
                default=0.1,
                help=f"share of the pairs in {split}.jsonl (default: 0.1)",
            )
            subparser.add_argument(
                f"--unrelated-{split}-share",
                type=float,
                help=f"share of the unrelated pairs in {split}.jsonl (default: --{split}-share)",
            )
        subparser.add_argument(
            "--max-contexts",
            type=int,
            default=0,
            help="also write the words of at most this number of sentences for each pair, for "
            "sentence_attention (default: 0)",
        )
        subparser.add_argument(
            "--seed", type=int, default=0, help="random seed of the split (default: 0)"
        )
        subparser.set_defaults(func=build_pairs_from_args)
        return subparser


def build_pairs_from_args(args: argparse.Namespace) -> None:
    """Runs `build_pairs` for the command line and prints its counts."""
    with user_errors():
        shares = Shares(
            args.validation_share,
            args.test_share,
            args.unrelated_validation_share,
            args.unrelated_test_share,
        )
        lines = build_pairs(
            args.input,
            args.output,
            args.related,
            args.excluded,
            args.exclude_relations,
            None if args.kb is None else KnowledgeBase(args.kb),
            shares,
            args.max_contexts,
            args.seed,
        )
    print(f"wrote {args.output}")
    print("\n".join(lines))


def build_pairs(
    input_path: str,
    output_path: str,
    related: Sequence[str],
    excluded: Sequence[str] = (),
    exclude_relations: Sequence[str] = (),
    kb: Optional[KnowledgeBase] = None,
    shares: Optional[Shares] = None,
    max_contexts: int = 0,
    seed: int = 0,
) -> Sequence[str]:
    """Makes the data set; the help texts of the command describe the parameters.

    # Returns

    `Sequence[str]`
        The counts of the data set and of what was left out, as lines of text.

    Raises `CorpusError` for input that cannot be read, and `ConfigurationError` if the sentences do
    not have both related and unrelated pairs.
    """
    report = CorpusReport(is_shown=True)
    tables: Dict[Pair, Set[str]] = {}
    for pair in _read(related, kb, report):
        tables.setdefault(unordered(pair.head, pair.tail), set()).add(pair.relation)
    forbidden = {unordered(pair.head, pair.tail) for pair in _read(excluded, kb, report)}
    for pair_, relations in tables.items():
        if not relations.isdisjoint(exclude_relations):
            forbidden.add(pair_)

    losses: Losses = Counter()
    sentences = tqdm(PairSentencesFormat().sentences(input_path), unit=" sentences", disable=None)
    found = co_occurrences(sentences, max_contexts, kb, losses)
    labels, left_out = labelled_pairs(found, tables.keys(), forbidden)
    splits = split_pairs(labels, shares or Shares(), seed)
    if len(set(labels.values())) < 2:
        raise ConfigurationError(
            f"{input_path}: related and unrelated pairs are needed, but one of the two is missing "
            f"({counted(len(tables), 'related pair')} in tables, "
            f"{counted(len(found), 'pair')} in sentences)"
        )
    with atomic_folder(Path(output_path)) as folder:
        for split, pairs in splits.items():
            path = folder / f"{split}.jsonl"
            with open(path, "w", encoding="utf-8") as file:
                for line in pair_lines(pairs, found, labels):
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
            give_usual_rights(path)
    counts = [
        f"{counted(len(tables), 'pair')} in tables, {counted(len(found), 'pair')} in sentences"
    ]
    for split, pairs in splits.items():
        by_label = Counter(labels[pair] for pair in pairs)
        parts = ", ".join(f"{count:,} {label}" for label, count in by_label.most_common())
        counts.append(f"  {split}: {counted(len(pairs), 'pair')}: {parts}")
    counts += [f"  {line}" for line in counted_lines(left_out + losses)]
    return [*counts, *report.note_lines()]


def _read(
    paths: Sequence[str], kb: Optional[KnowledgeBase], report: CorpusReport
) -> Iterator[RelatedPair]:
    for path in paths:
        yield from read_pairs(path, kb, report)
