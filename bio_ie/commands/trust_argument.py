"""The option `--trust` of the commands that open archives."""

import argparse
from functools import partial
from typing import Any, Callable

from bio_ie.files.trust import trusting

Function = Callable[[argparse.Namespace], Any]


def add_trust_argument(parser: argparse.ArgumentParser, command: Function) -> None:
    """Adds `--trust` to the arguments of a command, and makes `command` the function to run."""
    parser.add_argument(
        "--trust",
        action="store_true",
        help="load archives that could run code: only if you trust those who made them, and the "
        "archives that they name",
    )
    parser.set_defaults(func=partial(_run, command))


def _run(command: Function, args: argparse.Namespace) -> Any:
    with trusting(args.trust):
        return command(args)
