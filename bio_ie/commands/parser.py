"""The parser of the command line. It does not need AllenNLP, which takes seconds to import."""

import argparse
from typing import Any, Mapping


class ParserWithDefaults(argparse.ArgumentParser):
    """A parser whose help tells the default of each option that has one, as AllenNLP's does."""

    def add_argument(self, *names: Any, **options: Any) -> Any:
        default = options.get("default")
        is_told = default is not None and default not in ("", [], (), set())
        if is_told and options.get("action") not in ("help", "store_true", "store_false"):
            options["help"] = f"{options.get('help', '')} (default = {default})"
        return super().add_argument(*names, **options)


def main_parser() -> "tuple[ParserWithDefaults, argparse._SubParsersAction]":
    """The parser of `bio-ie`, and the place for the parsers of its commands."""
    parser = ParserWithDefaults(prog="bio-ie", description="Run AllenNLP")
    parser.add_argument("--version", action="version", version="")
    return parser, parser.add_subparsers(title="Commands", metavar="")


def general_help(commands: Mapping[str, str]) -> str:
    """What `bio-ie --help` prints.

    # Parameters

    commands : `Mapping[str, str]`
        What is said about each command.
    """
    parser, subparsers = main_parser()
    for name in sorted(commands):
        subparsers.add_parser(name, help=commands[name])
    return parser.format_help()
