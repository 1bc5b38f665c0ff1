"""
`bio-ie extract-pairs TEXTS --kb KB --output pairs.jsonl.gz` writes unlabelled sentences with pairs
of entities, from which relation representations can be learned.

    bio-ie extract-pairs abstracts.jsonl.gz --kb kb.sqlite --output pairs.jsonl.gz
    bio-ie extract-pairs 'notes/*.txt' --from text --archive ner/model.tar.gz --kb kb.sqlite \
--output pairs.jsonl
    bio-ie extract-pairs corpus.PubTator.txt.gz --from pubtator --annotated --output pairs.jsonl
"""

import argparse
import contextlib
import hashlib
import json
from pathlib import Path
from typing import IO, Iterable, Iterator, Optional

from allennlp.common.checks import ConfigurationError
from tqdm import tqdm

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.on_error_argument import add_on_error_argument
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.types_argument import types_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.pairs.entity_sentence import EntitySentence
from bio_ie.data.pairs.pair_sentences import sentence_to_json
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import DEFAULT_TYPES, TypedDictionary
from bio_ie.predictors.mention_detector import MentionDetector
from bio_ie.predictors.pair_extractor import PairExtractor, document_id_of
from bio_ie.predictors.type_classifier import TypeClassifier
from bio_ie.text.counted import counted
from bio_ie.text.document import Document
from bio_ie.text.tokenizers import ScispacyRulesTokenizer

SPLIT_SIGNS = "-–/"
"""The `split_signs` of the configs, so that texts are split into the same words as in training."""

VALIDATION_SHARE = 0.02
"""The default share of the documents that go to `--validation`."""


@Command.register("extract-pairs")
class ExtractPairs(Command):
    """The command around `PairExtractor`."""

    builds_parts = True

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Write the sentences of texts that name two or more entities, as words, with
            the types and ids of the entities, in the format pair_sentences. Entities are the
            longest names of a knowledge base (--kb), the mentions that a trained model finds
            (--archive), or annotated mentions (--annotated). Missing ids of found or annotated
            mentions are looked up in --kb."""
        subparser = parser.add_parser(
            self.name,
            description=description,
            help="extract sentences with pairs of entities from texts",
        )
        subparser.add_argument("input", help="corpus file, or a JSON data path")
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="format of the input: a name, or a JSON object with 'type' and options (default: "
            "jsonl)",
        )
        subparser.add_argument("--output", required=True, help="file to write (.gz is compressed)")
        subparser.add_argument(
            "--validation",
            metavar="FILE",
            help="second file to write, for the sentences of some of the documents",
        )
        subparser.add_argument(
            "--validation-share",
            type=float,
            help="share of the documents whose sentences go to --validation; they are selected by "
            f"their ids (default: {VALIDATION_SHARE})",
        )
        subparser.add_argument("--kb", help="knowledge base, a file that build-kb has written")
        found = subparser.add_mutually_exclusive_group()
        found.add_argument("--archive", help="archive of a model that finds mentions")
        found.add_argument(
            "--annotated", action="store_true", help="use the annotated mentions of the input"
        )
        default = json.dumps({type_: list(types) for type_, types in DEFAULT_TYPES.items()})
        subparser.add_argument(
            "--types",
            metavar="JSON",
            help="types of entities, each with its semantic types in --kb; if a concept matches "
            f"several types, it has the first of them (default: {default})",
        )
        subparser.add_argument(
            "--type-classifier",
            metavar="ARCHIVE",
            help="archive of a classifier for names of several types (training_config/relvm/"
            "entity_types.jsonnet); without it, such names are left out",
        )
        subparser.add_argument(
            "--cuda-device",
            type=int,
            default=-1,
            help="number of a GPU for the archives (default: the CPU)",
        )
        add_on_error_argument(subparser)
        add_trust_argument(subparser, extract_pairs_from_args)
        return subparser


def extract_pairs_from_args(args: argparse.Namespace) -> None:
    """Runs `PairExtractor` for the command line and prints its counts."""
    with user_errors():
        has_mentions = bool(args.archive or args.annotated)
        if args.kb is None and not has_mentions:
            raise ConfigurationError("--kb, --archive or --annotated is needed to find entities")
        if args.kb is None and args.types is not None:
            raise ConfigurationError("--types needs --kb, the knowledge base with these types")
        share = _validation_share(args)
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
        # disable=None: there is no bar if standard error is not a terminal but, for example, a
        # file.
        bar = tqdm(documents, unit=" documents", disable=None)
        num_held_out = _write(extractor(bar), args.output, args.validation, share)
    print(f"wrote {args.output}")
    if args.validation is not None:
        print(f"wrote {args.validation}: {counted(num_held_out, 'sentence')}")
    print("\n".join(extractor.counts.lines()))


def _validation_share(args: argparse.Namespace) -> float:
    if args.validation is None:
        if args.validation_share is not None:
            raise ConfigurationError("--validation-share needs --validation, the file to write")
        return 0
    if Path(args.validation).resolve() == Path(args.output).resolve():
        raise ConfigurationError("--validation and --output are the same file")
    share = VALIDATION_SHARE if args.validation_share is None else args.validation_share
    if not 0 < share < 1:
        raise ConfigurationError(f"--validation-share must be between 0 and 1, not {share}")
    return share


def _write(
    sentences: Iterable[EntitySentence], output: str, validation: Optional[str], share: float
) -> int:
    """Writes the sentences, and returns the number of sentences that went to `validation`."""
    num_held_out = 0
    with contextlib.ExitStack() as stack:
        file: IO[str] = stack.enter_context(atomic_writer(Path(output)))
        held_out = file
        if validation is not None:
            held_out = stack.enter_context(atomic_writer(Path(validation)))
        for sentence in sentences:
            is_held_out = share > 0 and _chance(document_id_of(sentence.id)) < share
            num_held_out += is_held_out
            (held_out if is_held_out else file).write(sentence_to_json(sentence) + "\n")
    return num_held_out


def _chance(document_id: str) -> float:
    """A number from 0 to 1 that depends only on the document id. So all sentences of a document go
    to the same file, independent of the other documents and of their order."""
    digest = hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _detected(documents: Iterable[Document], archive: str, cuda_device: int) -> Iterator[Document]:
    bare = (document.without_annotations() for document in documents)
    for found in MentionDetector(archive, cuda_device)(bare):
        if not isinstance(found, Document):
            raise ConfigurationError(f"document {found.id!r}: {found.error}")
        yield found
