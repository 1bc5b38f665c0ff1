"""Runs the command that is named on the command line, and imports what it needs."""

import argparse
import importlib
import logging
import os
import sys
from typing import Any, List

from allennlp.common.plugins import discover_plugins, import_plugins
from allennlp.common.util import import_module_and_submodules

from bio_ie.commands.command import Command
from bio_ie.commands.parser import main_parser

logger = logging.getLogger(__name__)

_PLUGIN = "bio_ie"


def run_command(arguments: List[str]) -> None:
    """Runs a command as AllenNLP's `main` does, but imports only this command.

    # Parameters

    arguments : `List[str]`
        The arguments, of which the first is usually the name of a command.
    """
    name = arguments[0] if arguments else ""
    if name in Command.list_available():
        _run(Command.by_name(name)(), arguments)
    else:
        _run_allennlp(arguments)


def _run(command: Command, arguments: List[str]) -> None:
    parser, subparsers = main_parser()
    subparser = command.add_subparser(subparsers)
    subparser.add_argument(
        "--include-package",
        type=str,
        action="append",
        default=[],
        help="additional packages to include",
    )
    args = parser.parse_args(arguments)
    if command.builds_parts:
        import_plugins()
    else:
        _import_plugins_in_files()
    for package in args.include_package:
        # All of this package would be imported otherwise.
        if package != _PLUGIN:
            import_module_and_submodules(package)
    include_plugin(args)
    args.func(args)


def include_plugin(args: argparse.Namespace) -> None:
    """Adds this package to those that are included, unless it is among them. The processes that
    distributed training starts import only these."""
    if _PLUGIN not in args.include_package:
        args.include_package = [_PLUGIN, *args.include_package]


def _import_plugins_in_files() -> None:
    """Imports the plugins that files name, as `import_plugins` does after it has imported all of
    AllenNLP."""
    folder = os.getcwd()
    if folder not in sys.path:
        sys.path.append(folder)
    for plugin in discover_plugins():
        try:
            importlib.import_module(plugin)
            logger.info("Plugin %s available", plugin)
        except ModuleNotFoundError as error:
            logger.error("Plugin %s could not be loaded: %s", plugin, error)


def _run_allennlp(arguments: List[str]) -> None:
    """Runs a command of AllenNLP's or of another plugin, or prints what is wrong."""
    main: Any = importlib.import_module("allennlp.commands").main
    sys.argv[1:] = arguments
    main(prog="bio-ie")
