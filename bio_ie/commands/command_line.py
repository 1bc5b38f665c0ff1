"""Prepares the command that is named on the command line, and imports what it needs."""

import functools
import importlib
import logging
import os
import sys
from typing import Any, Callable, List

from allennlp.common.plugins import discover_plugins, import_plugins
from allennlp.common.util import import_module_and_submodules

from bio_ie.commands.command import Command
from bio_ie.commands.parser import main_parser

logger = logging.getLogger(__name__)

_PLUGIN = "bio_ie"


def prepared_command(arguments: List[str]) -> Callable[[], Any]:
    """The function that runs a command. Everything is imported that AllenNLP's `main` would import
    first, but no other command than this one.

    # Parameters

    arguments : `List[str]`
        The arguments, of which the first is usually the name of a command.
    """
    name = arguments[0] if arguments else ""
    if name in Command.list_available():
        return _prepared(Command.by_name(name)(), arguments)
    # It is a command of AllenNLP's or of another plugin, or wrong.
    from allennlp.commands import main

    return functools.partial(main, prog="bio-ie")


def _prepared(command: Command, arguments: List[str]) -> Callable[[], Any]:
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
    # The processes that distributed training starts import only the packages that are included.
    if _PLUGIN not in args.include_package:
        args.include_package = [_PLUGIN, *args.include_package]
    return functools.partial(args.func, args)


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
