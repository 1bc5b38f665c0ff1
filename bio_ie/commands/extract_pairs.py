"""
`bio-ie extract-pairs TEXTS --kb KB --output pairs.jsonl.gz` makes unlabelled sentences with pairs
of entities, to learn relation representations from.

    bio-ie extract-pairs abstracts.jsonl.gz --kb kb.sqlite --output pairs.jsonl.gz
    bio-ie extract-pairs 'notes/*.txt' --from text --archive ner/model.tar.gz --kb kb.sqlite \
--output pairs.jsonl
    bio-ie extract-pairs corpus.PubTator.txt.gz --from pubtator --annotated --output pairs.jsonl
"""

import argparse
import json
from pathlib import Path
from typing import Iterable, Iterator

from allennlp.commands.subcommand import Subcommand
from allennlp.common.checks import ConfigurationError
from tqdm import tqdm

from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.types_argument import types_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.atomic_output import atomic_writer
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.pair_sentences import sentence_to_json
from bio_ie.data.document import Document
from bio_ie.data.tokenizers import ScispacyRulesTokenizer
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import DEFAULT_TYPES, TypedDictionary
from bio_ie.predictors.mention_detector import MentionDetector
from bio_ie.predictors.pair_extractor import PairExtractor
from bio_ie.predictors.type_classifier import TypeClassifier

SPLIT_SIGNS = "-–/"
"""Words are those of the configs, which a model that is trained on them goes on with."""


@Subcommand.register("extract-pairs")
class ExtractPairs(Subcommand):
    """The subcommand around `PairExtractor`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Write the sentences of texts that name two entities or more, as words, with
            types and identifiers of the entities: the format pair_sentences. Entities are the
            longest names of a knowledge base (--kb), the mentions that a trained model finds
            (--archive), or those that are annotated (--annotated); the identifiers of the last two
            are looked up in --kb where they are missing."""
        subparser = parser.add_parser(
            self.name, description=description, help="make unlabelled pairs of entities of texts"
        )
        subparser.add_argument("input", help="corpus file, or a JSON data path")
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="its format (default: jsonl): a name, or a JSON object with 'type' and options",
        )
        subparser.add_argument("--output", required=True, help="file to write; .gz is compressed")
        subparser.add_argument("--kb", help="a file that build-kb has built")
        found = subparser.add_mutually_exclusive_group()
        found.add_argument("--archive", help="the archive of a model that finds mentions")
        found.add_argument(
            "--annotated", action="store_true", help="take the mentions that are annotated"
        )
        default = json.dumps({type_: list(types) for type_, types in DEFAULT_TYPES.items()})
        subparser.add_argument(
            "--types",
            metavar="JSON",
            help="types of entities, each with its semantic types in --kb; a concept of several is "
            f"of the first (default: {default})",
        )
        subparser.add_argument(
            "--type-classifier",
            metavar="ARCHIVE",
            help="of a classifier for names of several types (training_config/relvm/"
            "entity_types.jsonnet), which are left out without",
        )
        subparser.add_argument(
            "--cuda-device", type=int, default=-1, help="a GPU for the archives (default: none)"
        )
        subparser.add_argument(
            "--on-error",
            choices=("raise", "skip"),
            default="raise",
            help="what to do with an item that cannot be read: stop (default), or leave it out",
        )
        subparser.set_defaults(func=extract_pairs_from_args)
        return subparser


def extract_pairs_from_args(args: argparse.Namespace) -> None:
    """Runs `PairExtractor` for the command line and prints what it counts."""
    with user_errors():
        has_mentions = bool(args.archive or args.annotated)
        if args.kb is None and not has_mentions:
            raise ConfigurationError("--kb, --archive or --annotated is needed, to find entities")
        if args.kb is None and args.types is not None:
            raise ConfigurationError("--types are those of a knowledge base: --kb is needed")
        kb = None if args.kb is None else KnowledgeBase(args.kb)
        extractor = PairExtractor(
            None if kb is None else TypedDictionary(kb, types_argument(args.types)),
            kb,
            TypeClassifier(args.type_classifier, args.cuda_device)
            if args.type_classifier
            else None,
            find_mentions=not has_mentions,
            tokenizer=ScispacyRulesTokenizer(split_signs=SPLIT_SIGNS),
        )
        documents: Iterable[Document] = read_corpus(
            args.input, corpus_format(args.from_format, args.on_error)
        )
        if args.archive:
            documents = _detected(documents, args.archive, args.cuda_device)
        # disable=None: no bar where standard error is no terminal, such as a log file.
        bar = tqdm(documents, unit=" documents", disable=None)
        with atomic_writer(Path(args.output)) as file:
            for sentence in extractor(bar):
                file.write(sentence_to_json(sentence) + "\n")
    print(f"wrote {args.output}")
    print("\n".join(extractor.counts.lines()))


def _detected(documents: Iterable[Document], archive: str, cuda_device: int) -> Iterator[Document]:
    bare = (document.without_annotations() for document in documents)
    for found in MentionDetector(archive, cuda_device)(bare):
        if not isinstance(found, Document):
            raise ConfigurationError(f"document {found.id!r}: {found.error}")
        yield found
