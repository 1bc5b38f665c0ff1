"""
`bio-ie build-kb` builds a knowledge base from the files of one or more vocabularies.

    bio-ie build-kb training_config/knowledge/open.jsonnet --output kb.sqlite
    bio-ie build-kb --source ctd --path CTD_diseases.tsv.gz --output ctd.sqlite
    bio-ie build-kb --source '{"type": "umls", "vocabularies": ["MSH", "HPO"]}' --path 2026AA/META \
--output umls.sqlite
"""

import argparse
import json
import os
import sys
from functools import partial
from typing import Any, Collection, Dict, List, Tuple, Union

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from tqdm import tqdm

from bio_ie.commands.command import Command
from bio_ie.commands.excluded_documents import add_exclusion_arguments, excluded_by_args
from bio_ie.commands.on_error_argument import add_on_error_argument
from bio_ie.commands.user_errors import jsonnet_problems, user_errors
from bio_ie.knowledge.knowledge_base_writer import KnowledgeBaseWriter
from bio_ie.knowledge.sources import KnowledgeSource, MergedSource, SourceReport
from bio_ie.text.counted import counted
from bio_ie.training.part_check import check_part

COUNTS = ("concepts", "names", "definitions", "semantic_types", "relations", "type_relations")


@Command.register("build-kb")
class BuildKb(Command):
    """The command around `build_knowledge_base`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Build a knowledge base from the files of vocabularies. The knowledge base
            is one file, which appears only once it is complete. The command prints what was read,
            written and left out."""
        subparser = parser.add_parser(
            self.name, description=description, help="build a knowledge base"
        )
        subparser.add_argument(
            "config",
            nargs="?",
            help="jsonnet file with a source, such as a source of type 'merged' with several "
            "'sources'",
        )
        subparser.add_argument("--output", required=True, help="the knowledge base to write")
        subparser.add_argument(
            "--source",
            action="append",
            default=[],
            help="a source, instead of a config: a name (mesh, ctd, obo, umls, hpoa, jsonl), or a "
            "JSON object with 'type' and options; can be repeated, the most important source first",
        )
        subparser.add_argument(
            "--path",
            action="append",
            default=[],
            help="file or folder of a --source that has no 'path'; can be repeated, in the same "
            "order as --source",
        )
        subparser.add_argument(
            "--merge-by",
            action="append",
            default=[],
            metavar="PREFIX",
            help="merge concepts of several --source by cross-references to ids with this prefix, "
            "such as MESH; can be repeated",
        )
        add_exclusion_arguments(subparser)
        add_on_error_argument(subparser, "a line of a --source", "the line")
        subparser.set_defaults(func=build_from_args)
        return subparser


def build_from_args(args: argparse.Namespace) -> None:
    """Runs `build_knowledge_base` for the command line. Exits with status 1 for bad input."""
    with user_errors():
        source = _source(args)
        excluded = excluded_by_args(args)
        metadata, reports = build_knowledge_base(source, args.output, excluded, progress=True)
    for name, report in reports:
        print(f"read {name}: {report}")
    counts = ", ".join(
        counted(int(metadata[name]), name.replace("_", " ").removesuffix("s")) for name in COUNTS
    )
    size = os.path.getsize(args.output) / 1e6
    print(f"wrote {args.output}: {counts}, {size:.1f} MB")
    for reason, count in json.loads(metadata["left_out"]).items():
        print(f"  left out {count:,}: {reason}")


def build_knowledge_base(
    source: KnowledgeSource,
    output: Union[str, "os.PathLike[str]"],
    exclude_documents: Collection[str] = (),
    progress: bool = False,
) -> Tuple[Dict[str, str], List[Tuple[str, SourceReport]]]:
    """Builds a knowledge base from all parts of `source`.

    # Parameters

    source : `KnowledgeSource`
    output : `str`
        The file to write. It appears only once it is complete.
    exclude_documents : `Collection[str]`, optional (default = `()`)
        See `KnowledgeBaseWriter`.
    progress : `bool`, optional (default = `False`)
        Shows progress on standard error if that is a terminal.

    # Returns

    `Tuple[Dict[str, str], List[Tuple[str, SourceReport]]]`
        The metadata, and for each part its name and a report of what was read.

    Raises `CorpusError` for a source that cannot be read and `KnowledgeBaseError` for an output
    that cannot be written.
    """
    reports = []
    # disable=None: there is no bar if standard error is not a terminal but, for example, a file.
    bar = partial(tqdm, unit=" statements", unit_scale=True, disable=None if progress else True)
    with KnowledgeBaseWriter(output, source.merge_by, exclude_documents) as writer:
        for part in source.parts():
            report = SourceReport()
            writer.add(part.name(), bar(part.read(report), desc=part.name()))
            reports.append((part.name(), report))
        if progress and sys.stderr.isatty():
            print("assembling the knowledge base ...", file=sys.stderr)
        return writer.finish(), reports


def _source(args: argparse.Namespace) -> KnowledgeSource:
    if args.config is not None and (args.source or args.path or args.merge_by):
        raise ConfigurationError(
            "a config has its own sources: give either a config, or --source, --path and --merge-by"
        )
    if args.config is not None:
        try:
            options = Params.from_file(args.config).as_dict(quiet=True)
        except RuntimeError as error:  # jsonnet has no errors of its own
            problems = "; ".join(jsonnet_problems(str(error)))
            raise ConfigurationError(f"{args.config}: {problems}") from error
        except ValueError as error:
            raise ConfigurationError(f"{args.config}: {error}") from error
        return _built(options)
    if not args.source:
        raise ConfigurationError("a config, or --source and --path, is needed")
    paths = list(args.path)
    sources = []
    for argument in args.source:
        options = {"on_error": args.on_error, **_options(argument)}
        if "path" not in options and "sources" not in options:
            if not paths:
                raise ConfigurationError(f"--source {argument} needs a --path")
            options["path"] = paths.pop(0)
        sources.append(_built(options))
    if paths:
        raise ConfigurationError(f"there is no --source for this --path: {', '.join(paths)}")
    return (
        sources[0]
        if len(sources) == 1 and not args.merge_by
        else MergedSource(sources, args.merge_by)
    )


def _options(argument: str) -> Dict[str, Any]:
    if not argument.lstrip().startswith("{"):
        return {"type": argument}
    try:
        options = json.loads(argument)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{argument!r} is not valid JSON: {error}") from error
    return dict(options)


def _built(options: Dict[str, Any]) -> KnowledgeSource:
    check_part(options, KnowledgeSource, "source")
    try:
        return KnowledgeSource.from_params(Params(options))
    except TypeError as error:
        raise ConfigurationError(f"source {options}: {error}") from error
