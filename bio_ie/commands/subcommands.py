"""Makes the commands of `bio-ie` commands of `allennlp`."""

import argparse

from allennlp.common import Registrable

from bio_ie.commands.command import Command


def register() -> None:
    """Registers every command of `bio-ie`, in place of AllenNLP's command of the same name if there
    is one. The module of a command is imported when it gets a parser."""
    # AllenNLP's commands are imported already, or just being imported.
    from allennlp.commands.subcommand import Subcommand

    class CommandOfPlugin(Subcommand):
        def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
            return Command.by_name(self.name)().add_subparser(parser)

    registry = Registrable._registry[Subcommand]
    for name in Command.list_available():
        if name in registry and registry[name][0].__module__.startswith(("allennlp.", __name__)):
            del registry[name]
        Subcommand.register(name)(type(CommandOfPlugin.__name__, (CommandOfPlugin,), {}))
