"""
`bio-ie kb-info` says what a knowledge base holds, and writes it for other programs.

    bio-ie kb-info kb.sqlite
    bio-ie kb-info kb.sqlite --concept MESH:D012640
    bio-ie kb-info kb.sqlite --to-jsonl kb.jsonl
"""

import argparse
import json
from typing import Iterator, Mapping

from allennlp.commands.subcommand import Subcommand

from bio_ie.commands.user_errors import user_errors
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.sources import write_jsonl

SHOWN = 25
"""Types and relations of a list that are shown, the frequent ones."""


@Subcommand.register("kb-info")
class KbInfo(Subcommand):
    """The subcommand around `KnowledgeBase.metadata`, `concept` and `write_jsonl`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Print what a knowledge base holds and where it comes from. The exit status
            is 1 if it cannot be read, or has none of the concepts asked for."""
        subparser = parser.add_parser(
            self.name, description=description, help="say what a knowledge base holds"
        )
        subparser.add_argument("kb", help="a file that build-kb wrote")
        subparser.add_argument(
            "--concept",
            action="append",
            default=[],
            metavar="ID",
            help="print this concept instead; any of its ids will do; can be repeated",
        )
        subparser.add_argument(
            "--to-jsonl",
            metavar="FILE",
            help="write all concepts in scispaCy's format, one a line, gzipped if the name says so",
        )
        subparser.set_defaults(func=info_from_args)
        return subparser


def info_from_args(args: argparse.Namespace) -> None:
    """Prints what the command line asks for."""
    knowledge_base = KnowledgeBase(args.kb)
    with user_errors():
        for id in args.concept:
            print("\n".join(concept_lines(knowledge_base, id)))
        if args.to_jsonl is not None:
            count = write_jsonl(knowledge_base, args.to_jsonl, progress=True)
            print(f"wrote {args.to_jsonl}: {count:,} concepts")
        if not args.concept and args.to_jsonl is None:
            print("\n".join(summary_lines(knowledge_base)))


def summary_lines(knowledge_base: KnowledgeBase) -> Iterator[str]:
    """What a knowledge base holds, as lines to read."""
    metadata = knowledge_base.metadata

    def count(key: str) -> str:
        return f"{int(metadata[key]):,}"

    yield f"{knowledge_base.path}, built {metadata['date']} by {metadata['built_by']}"
    yield f"sources: {', '.join(json.loads(metadata['sources']))}"
    yield f"fingerprint: {knowledge_base.fingerprint}"
    yield f"{count('concepts')} concepts, {count('definitions')} of them with a definition"
    yield f"{count('names')} names, {count('synonyms')} of them synonyms"
    yield f"{count('alternate_ids')} alternate ids"
    yield (
        f"{count('semantic_types')} semantic types, "
        f"{count('concepts_with_type')} concepts have at least one"
    )
    yield from _counts(metadata["semantic_types_by_type"], knowledge_base.type_names())
    yield f"{count('relations')} relations between concepts"
    yield from _counts(metadata["relations_by_type"])
    if int(metadata["type_relations"]):
        yield f"{count('type_relations')} relations between semantic types"
        yield from _counts(metadata["type_relations_by_type"])
    left_out = json.loads(metadata["left_out"])
    if left_out:
        yield "left out when it was built"
        yield from _counts(metadata["left_out"])


def _counts(text: str, names: Mapping[str, str] = {}) -> Iterator[str]:
    counts = sorted(json.loads(text).items(), key=lambda item: (-item[1], item[0]))
    for type_, count in counts[:SHOWN]:
        yield f"{count:12,}  {type_}" + (f" ({names[type_]})" if type_ in names else "")
    if len(counts) > SHOWN:
        rest = sum(count for _, count in counts[SHOWN:])
        yield f"{rest:12,}  ({len(counts) - SHOWN:,} others)"


def concept_lines(knowledge_base: KnowledgeBase, id: str) -> Iterator[str]:
    """All that is known of a concept, its relations among it. Raises `UnknownConceptError`."""
    concept = knowledge_base.concept(knowledge_base.resolve(id) or id)
    yield f"{concept.id}  {concept.name}"
    for title, values in (
        ("definition", [concept.definition] if concept.definition is not None else []),
        ("synonyms", concept.aliases),
        ("semantic types", concept.semantic_types),
        ("alternate ids", concept.alternate_ids),
    ):
        if values:
            yield f"  {title}: {'; '.join(values)}"
    for relation, tail in knowledge_base.relations_of(concept.id):
        yield f"  {relation} {tail}  {knowledge_base.concept(tail).name}"
