"""The base class of the commands of `bio-ie`."""

import argparse
from typing import Callable, Optional, Type, TypeVar

from allennlp.common import Registrable

T = TypeVar("T")


class Command(Registrable):
    """A command of `bio-ie`, and of `allennlp` with this plugin (`bio_ie.commands.subcommands`).

    It is like AllenNLP's `Subcommand`, whose module cannot be imported without all that AllenNLP's
    own commands need. An implementation defines `add_subparser`.
    """

    builds_parts = False
    """Whether the command builds parts of any kind, such as the models of archives. If so, all
    modules of AllenNLP are imported first, which registers all its parts."""

    name: str
    """The name that the command is registered under."""

    @classmethod
    def register(
        cls, name: str, constructor: Optional[str] = None, exist_ok: bool = False
    ) -> Callable[[Type[T]], Type[T]]:
        register = super().register(name, constructor, exist_ok)

        def register_and_name(command: Type[T]) -> Type[T]:
            command.name = name  # type: ignore[attr-defined]
            return register(command)

        return register_and_name

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        """Adds a parser with the arguments of the command to `parser`, and returns it. Its default
        `func` is the function to run, which gets the parsed arguments."""
        raise NotImplementedError
