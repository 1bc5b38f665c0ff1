"""
`bio-ie link TEXT|FILE --kb KB` prints the concepts that a text may name.

    bio-ie link "Seizures after methamphetamine (METH)" --kb kb.sqlite
    bio-ie link notes.txt --kb kb.sqlite --json
    bio-ie link corpus.PubTator.txt.gz --from pubtator --kb kb.sqlite --annotated --generator tfidf
    bio-ie link corpus.PubTator.txt.gz --from pubtator --kb kb.sqlite --types \
'{"Chemical": ["Chemical"], "Disease": ["Disease"]}' --output linked.jsonl
    bio-ie link "Seizures after methamphetamine (METH)" --model model.tar.gz
"""

import argparse
import json
import os
import re
import sys
from typing import Any, Dict, Iterable, Iterator

from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.dictionary_links import (
    find_mentions,
    link,
    links_to_json,
    of_types,
    with_best_concepts,
)
from bio_ie.api.linking import GENERATORS
from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.model_links import linking_predictor, model_links
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.types_argument import types_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import CANDIDATES, TypedDictionary
from bio_ie.text.counted import counted
from bio_ie.text.document import Document

_LOOKS_LIKE_FILE = re.compile(r"\S+\.(txt|jsonl?|tsv|xml|ann|gz|pubtator)", re.IGNORECASE)


@Command.register("link")
class Link(Command):
    """The command around `link`."""

    builds_parts = True

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Print the mentions of a text with the concepts that they may name. With
            --kb, mentions are the longest stretches of the text that are names in the knowledge
            base; upper and lower case and punctuation make no difference, and abbreviations that
            the text explains are expanded. With --model, a trained model finds mentions and
            concepts, and --kb only gives the names of the concepts."""
        subparser = parser.add_parser(
            self.name, description=description, help="look up the concepts that a text names"
        )
        subparser.add_argument("input", help="a text, or a file")
        subparser.add_argument("--kb", help="knowledge base, a file that build-kb has written")
        subparser.add_argument(
            "--model", help="archive of a model that links mentions, instead of a dictionary"
        )
        subparser.add_argument(
            "--cuda-device",
            type=int,
            default=-1,
            help="number of a GPU for --model (default: the CPU)",
        )
        subparser.add_argument(
            "--from",
            dest="from_format",
            help="format of the file: a name (pubtator, jsonl, ...), or a JSON object with 'type' "
            "and options (default: text)",
        )
        subparser.add_argument(
            "--generator",
            choices=("exact", "tfidf"),
            help="find candidates by names that are the same as the mention (exact, the default), "
            "or by the most similar names (tfidf, which needs build-index)",
        )
        subparser.add_argument(
            "--annotated",
            action="store_true",
            help="use the annotated mentions of the file instead of finding mentions",
        )
        subparser.add_argument(
            "--nested", action="store_true", help="also print mentions inside longer mentions"
        )
        subparser.add_argument(
            "-k", type=int, help="largest number of candidates to print per mention (default: 5)"
        )
        subparser.add_argument(
            "--types",
            help="print only concepts of these types of entities: a JSON object of types, each "
            "with its semantic types in --kb; names of other concepts are not mentions then",
        )
        subparser.add_argument(
            "--json", action="store_true", help="print a JSON object for each document"
        )
        subparser.add_argument(
            "--output",
            help="write a corpus whose mentions have the first candidate as their concept, instead "
            "of printing",
        )
        subparser.add_argument("--to", dest="to_format", help="format of --output (default: jsonl)")
        subparser.add_argument(
            "--on-error",
            choices=("raise", "skip"),
            default="raise",
            help="what to do with an item of the file that cannot be read: stop (default), or "
            "leave the item out; with --model also with a document that cannot be predicted",
        )
        add_trust_argument(subparser, link_from_args)
        return subparser


def link_from_args(args: argparse.Namespace) -> None:
    """Runs `link` for the command line. Exits with status 1 for bad input."""
    with user_errors():
        if args.annotated and args.nested:
            raise ConfigurationError("--annotated and --nested exclude each other")
        if args.model is not None:
            _link_with_model(args)
            return
        if args.kb is None:
            raise ConfigurationError("--kb or --model is needed to find concepts")
        if args.json and args.output is not None:
            raise ConfigurationError("--json and --output exclude each other")
        if args.to_format is not None and args.output is None:
            raise ConfigurationError("--to needs --output, the file to write")
        _link_with_names(args, _opened(args.kb))


def _link_with_names(args: argparse.Namespace, kb: KnowledgeBase) -> None:
    k = 5 if args.k is None else args.k
    if k < 1:
        raise ConfigurationError(f"k must be positive, got {k}")
    wanted = types_argument(args.types)
    types = None if wanted is None else TypedDictionary(kb, wanted)
    generator = GENERATORS[args.generator or "exact"](
        kb, k if types is None else max(k, CANDIDATES)
    )
    documents = _documents(args)
    if not args.annotated:
        documents = find_mentions(documents, kb, longest_only=not args.nested)
    linked = link(documents, generator)
    if types is not None:
        linked = (of_types(document, types, k) for document in linked)
    if args.output is None:
        for document in linked:
            _print(links_to_json(document, kb), args.json)
        return
    found = (with_best_concepts(document, kb) for document in linked)
    written = corpus_format(args.to_format or "jsonl").write(found, args.output)
    print(f"wrote {args.output}: {written}")


def _link_with_model(args: argparse.Namespace) -> None:
    for option in ("generator", "nested", "k", "types", "output", "to_format"):
        if getattr(args, option) not in (None, False):
            name = option.removesuffix("_format")
            dashes = "-" if len(name) == 1 else "--"
            raise ConfigurationError(f"{dashes}{name} cannot be used with --model")
    kb = None if args.kb is None else _opened(args.kb)
    documents = _documents(args)
    predictor = linking_predictor(args.model, args.annotated, args.cuda_device)
    for linked in model_links(documents, predictor, args.annotated, kb):
        if "error" not in linked or args.on_error == "raise":
            _print(linked, args.json)
    if predictor.num_failures and args.on_error == "raise":
        sys.exit(1)
    if predictor.num_failures == predictor.num_documents:
        raise CorpusError("no document could be predicted", args.input)


def _opened(path: str) -> KnowledgeBase:
    kb = KnowledgeBase(path)
    len(kb)  # opens the file, so that a bad file is an error even for a text without names
    return kb


def _print(linked: Dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(linked, ensure_ascii=False))
    elif "error" in linked:
        print(f"error: {linked['id']}: {linked['error']}", file=sys.stderr)
    else:
        print("\n".join(_lines(linked)))


def _documents(args: argparse.Namespace) -> Iterable[Document]:
    argument, from_format = args.input, args.from_format
    is_file = os.path.exists(argument)
    if from_format is None and not is_file:
        if _LOOKS_LIKE_FILE.fullmatch(argument):
            raise ConfigurationError(f"there is no file {argument!r}")
        if not argument.strip():
            raise ConfigurationError("the text is empty")
        if args.annotated:
            raise ConfigurationError("--annotated needs a file with mentions")
        return [Document("text", argument)]
    return read_corpus(argument, corpus_format(from_format or "text", args.on_error))


def _lines(linked: Dict[str, Any]) -> Iterator[str]:
    """A document as lines of text."""
    yield f"{linked['id']}: {counted(len(linked['mentions']), 'mention')}"
    for mention in linked["mentions"]:
        type_ = f"  {mention['type']}" if "type" in mention else ""
        text = " ".join(mention["text"].split())
        yield f"  {mention['start']}-{mention['end']}  {text}{type_}"
        for candidate in mention["candidates"]:
            types = ", ".join(candidate["semantic_types"])
            # Some models give no scores.
            score = f"{candidate['score']:.3f}" if "score" in candidate else "     "
            name = f"  {candidate['name']}" if candidate["name"] else ""
            yield f"    {score}  {candidate['id']}{name}" + (f"  [{types}]" if types else "")
        if not mention["candidates"]:
            yield "    no candidate"
