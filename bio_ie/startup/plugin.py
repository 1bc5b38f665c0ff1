"""Makes this package a plugin of AllenNLP, whichever of the two is imported first."""

import functools
import importlib

from bio_ie.startup.after_import import after_import
from bio_ie.startup.replacements import REPLACEMENTS, replace_functions


def prepare_allennlp() -> None:
    """Lets AllenNLP know the parts and the commands of this package, and replaces functions of
    AllenNLP's, as soon as AllenNLP's modules are imported. Nothing is imported for it before."""
    after_import("allennlp.common.registrable", _install_parts)
    for module in REPLACEMENTS:
        after_import(module, functools.partial(replace_functions, module))
    after_import("allennlp.commands", _register_commands)


def _install_parts() -> None:
    importlib.import_module("bio_ie.startup.part_registry").install()


def _register_commands() -> None:
    importlib.import_module("bio_ie.commands.subcommands").register()
