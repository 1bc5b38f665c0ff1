"""The option `--trust` of the commands that open archives."""

import argparse
from functools import partial
from typing import Any, Callable, Type, cast

from allennlp.commands.subcommand import Subcommand

from bio_ie.files.trust import trusting

Command = Callable[[argparse.Namespace], Any]


def add_trust_argument(parser: argparse.ArgumentParser, command: Command) -> None:
    """Adds `--trust` to the arguments of a command, and makes `command` the function to run."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="load archives that could run code: only if you trust those who made them, and the "
        "archives that they name",
    )
    parser.set_defaults(func=partial(_run, command))


def _run(command: Command, args: argparse.Namespace) -> Any:
    with trusting(args.trust):
        return command(args)


def with_trust(command: Type[Subcommand]) -> Type[Subcommand]:
    """A command of AllenNLP, extended by `--trust`."""

    class Trusting(command):  # type: ignore[misc, valid-type]
        def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
            subparser = super().add_subparser(parser)
            add_trust_argument(subparser, subparser.get_default("func"))
            return subparser

    Trusting.__name__ = command.__name__
    Trusting.__doc__ = command.__doc__
    return Trusting


for _name in ("build-vocab", "checklist", "count-instances", "find-lr"):
    # A config can start from archives, and so all of these can open some.
    _command = cast(Type[Subcommand], Subcommand.by_name(_name))
    Subcommand.register(_name, exist_ok=True)(with_trust(_command))
