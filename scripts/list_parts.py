"""
Writes `bio_ie/startup/parts.py`, the table of the names that this package registers, or prints it:

    python scripts/list_parts.py
    python scripts/list_parts.py --print

The table lets AllenNLP know the names before their modules are imported. `make parts` runs this
after a part or a command was added, moved or renamed.
"""

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Dict, Iterator

CHECKOUT = Path(__file__).resolve().parent.parent
TABLE = "bio_ie.startup.parts"
FILE = CHECKOUT / (TABLE.replace(".", "/") + ".py")

Parts = Dict[str, Dict[str, str]]

HEAD = '''"""The names that this package registers. Written by `make parts`; do not edit."""

from typing import Dict, Mapping

PARTS: Dict[str, Mapping[str, str]] = {
'''
BETWEEN = '''}
"""The module that registers each name, by the base class and the name."""

COMMANDS: Dict[str, str] = {
'''
END = '''}
"""What `bio-ie --help` says about each command, AllenNLP's own commands among them."""
'''


def imported_parts() -> Parts:
    """What all modules of the package register when they are imported. The table itself is not
    used. For a new process."""
    empty = ModuleType(TABLE)
    vars(empty).update(PARTS={}, COMMANDS={})
    sys.modules[TABLE] = empty
    package = importlib.import_module("bio_ie")
    for module in pkgutil.walk_packages(package.__path__, "bio_ie."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from allennlp.common import Registrable

    parts: Parts = {}
    for base, names in Registrable._registry.items():
        for name, (class_, _) in names.items():
            is_ours = class_.__module__.startswith("bio_ie.")
            if is_ours and base.__module__ != "allennlp.commands.subcommand":
                base_name = f"{base.__module__}.{base.__qualname__}"
                parts.setdefault(base_name, {})[name] = class_.__module__
    return {base: dict(sorted(names.items())) for base, names in sorted(parts.items())}


def command_helps() -> Dict[str, str]:
    """The line about each command in the help of AllenNLP's parser."""
    from allennlp.commands.subcommand import Subcommand

    from bio_ie.commands.subcommands import register

    register()
    parser = argparse.ArgumentParser().add_subparsers()
    for name in sorted(Subcommand.list_available()):
        class_, _ = Subcommand.resolve_class_name(name)
        if class_.__module__.split(".")[0] in ("allennlp", "bio_ie"):
            class_().add_subparser(parser)
    helps = {action.dest: action.help or "" for action in parser._choices_actions}
    return {name: " ".join(text.split()) for name, text in helps.items()}


def table(parts: Parts, commands: Dict[str, str]) -> str:
    """The text of the module."""
    return "".join([HEAD, *_lines_of_parts(parts), BETWEEN, *_lines_of(commands, 1), END])


def _lines_of_parts(parts: Parts) -> Iterator[str]:
    for base, names in parts.items():
        yield f'    "{base}": {{\n'
        yield from _lines_of(names, 2)
        yield "    },\n"


def _lines_of(values: Dict[str, str], depth: int) -> Iterator[str]:
    indent = "    " * depth
    for name, value in values.items():
        line = f'{indent}"{name}": {_quoted(value)},'
        if len(line) <= 100:
            yield line + "\n"
            continue
        yield f'{indent}"{name}": (\n'
        words = value.split(" ")
        while words:
            part = ""
            while words and len(indent) + len(_quoted(part + words[0])) < 95:
                part += words.pop(0) + (" " if words else "")
            yield f"{indent}    {_quoted(part)}\n"
        yield f"{indent}),\n"


def _quoted(text: str) -> str:
    return "'" + text + "'" if '"' in text else '"' + text + '"'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--print", action="store_true", help="print the table, and write nothing")
    args = parser.parse_args()
    sys.path.insert(0, str(CHECKOUT))
    text = table(imported_parts(), command_helps())
    if args.print:
        sys.stdout.write(text)
    else:
        FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
