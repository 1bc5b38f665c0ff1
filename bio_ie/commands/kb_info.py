"""
`bio-ie kb-info` prints the content of a knowledge base, or writes it for other programs.

    bio-ie kb-info kb.sqlite
    bio-ie kb-info kb.sqlite --concept MESH:D012640
    bio-ie kb-info kb.sqlite --to-jsonl kb.jsonl
"""

import argparse
import json
from typing import Iterator, Mapping

from bio_ie.commands.command import Command
from bio_ie.commands.user_errors import user_errors
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.sources import write_jsonl
from bio_ie.text.counted import counted

SHOWN = 25
"""The number of types or relations that are shown in a list, the most frequent first."""


@Command.register("kb-info")
class KbInfo(Command):
    """The command around `KnowledgeBase.metadata`, `concept` and `write_jsonl`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Print the content of a knowledge base and its sources. The exit status is 1
            if the knowledge base cannot be read, or does not have a given concept."""
        subparser = parser.add_parser(
            self.name, description=description, help="print the content of a knowledge base"
        )
        subparser.add_argument("kb", help="knowledge base, a file that build-kb has written")
        subparser.add_argument(
            "--concept",
            action="append",
            default=[],
            metavar="ID",
            help="print only this concept, given by any of its ids; can be repeated",
        )
        subparser.add_argument(
            "--to-jsonl",
            metavar="FILE",
            help="write all concepts in scispaCy's format, one per line (.gz is compressed)",
        )
        subparser.set_defaults(func=info_from_args)
        return subparser


def info_from_args(args: argparse.Namespace) -> None:
    """Prints or writes what the command line asks for."""
    knowledge_base = KnowledgeBase(args.kb)
    with user_errors():
        for id in args.concept:
            print("\n".join(concept_lines(knowledge_base, id)))
        if args.to_jsonl is not None:
            count = write_jsonl(knowledge_base, args.to_jsonl, progress=True)
            print(f"wrote {args.to_jsonl}: {counted(count, 'concept')}")
        if not args.concept and args.to_jsonl is None:
            print("\n".join(summary_lines(knowledge_base)))


def summary_lines(knowledge_base: KnowledgeBase) -> Iterator[str]:
    """The content of a knowledge base, as lines of text."""
    metadata = knowledge_base.metadata

    def count(key: str, noun: str) -> str:
        return counted(int(metadata[key]), noun)

    yield f"{knowledge_base.path}, built {metadata['date']} by {metadata['built_by']}"
    yield f"sources: {', '.join(json.loads(metadata['sources']))}"
    yield f"fingerprint: {knowledge_base.fingerprint}"
    yield f"{count('concepts', 'concept')}, {int(metadata['definitions']):,} with a definition"
    yield f"{count('names', 'name')}, {count('synonyms', 'synonym')} among them"
    yield count("alternate_ids", "alternate id")
    yield (
        f"{count('semantic_types', 'semantic type')}, "
        f"{count('concepts_with_type', 'concept')} with at least one"
    )
    yield from _counts(metadata["semantic_types_by_type"], knowledge_base.type_names())
    yield f"{count('relations', 'relation')} between concepts"
    yield from _counts(metadata["relations_by_type"])
    if int(metadata["type_relations"]):
        yield f"{count('type_relations', 'relation')} between semantic types"
        yield from _counts(metadata["type_relations_by_type"])
    left_out = json.loads(metadata["left_out"])
    if left_out:
        yield "left out when the knowledge base was built"
        yield from _counts(metadata["left_out"])


def _counts(text: str, names: Mapping[str, str] = {}) -> Iterator[str]:
    counts = sorted(json.loads(text).items(), key=lambda item: (-item[1], item[0]))
    for type_, count in counts[:SHOWN]:
        yield f"{count:12,}  {type_}" + (f" ({names[type_]})" if type_ in names else "")
    if len(counts) > SHOWN:
        rest = sum(count for _, count in counts[SHOWN:])
        yield f"{rest:12,}  ({counted(len(counts) - SHOWN, 'other')})"


def concept_lines(knowledge_base: KnowledgeBase, id: str) -> Iterator[str]:
    """The content about a concept, including its relations, as lines of text. Raises
    `UnknownConceptError` if there is no such concept."""
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
