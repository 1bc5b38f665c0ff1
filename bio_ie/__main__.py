"""
The command `bio-ie`, or `python -m bio_ie`. It is AllenNLP's command line with this plugin loaded,
in any working directory.
"""

import argparse
import io
import sys
import warnings
from typing import List, Type, cast

from bio_ie.version import VERSION

_WHEN_STOPPED = {
    "train": "the same command with --recover continues",
    "repeat": "the same command continues",
}
"""What commands tell when they are stopped. `predict` says how far it has come."""


def run() -> None:
    """Runs the command line in `sys.argv` as `allennlp` would do with this plugin loaded."""
    # AllenNLP calls functions that torch has renamed. A user cannot do anything about that.
    warnings.filterwarnings("ignore", category=FutureWarning, module="allennlp")
    # The import sets up logging in the same way as the `allennlp` command.
    import allennlp.__main__  # noqa: F401
    from allennlp.commands import __version__ as allennlp_version
    from allennlp.commands import main

    from bio_ie.commands.user_errors import user_errors
    from bio_ie.files import stopping

    write_utf8()
    if sys.argv[1:] == ["--version"]:
        print(f"bio-ie {VERSION} (AllenNLP {allennlp_version})")
        return
    stopping.install()
    stopping.set_hint(_WHEN_STOPPED.get(" ".join(sys.argv[1:2]), "no output file was written"))
    sys.argv[1:] = include_plugin(sys.argv[1:])
    with user_errors():
        main(prog="bio-ie")
    stopping.exit_if_stopped()


def write_utf8() -> None:
    """Makes the process write UTF-8, whatever the locale: JSON is UTF-8, and an ASCII locale could
    not write most texts. What UTF-8 cannot hold, such as odd file names, is written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def include_plugin(arguments: List[str]) -> List[str]:
    """
    Adds `--include-package bio_ie` to the arguments of a subcommand that accepts it, unless it is
    already there. The processes that distributed training starts import only the packages that are
    named by this option.
    """
    from allennlp.commands.subcommand import Subcommand

    if not arguments or arguments[0] not in Subcommand.list_available():
        return arguments
    command, *rest = arguments
    if not cast(Type[Subcommand], Subcommand.by_name(command)).requires_plugins:
        return arguments
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--include-package", action="append", default=[])
    if "bio_ie" in parser.parse_known_args(rest)[0].include_package:
        return arguments
    return [command, "--include-package", "bio_ie", *rest]


if __name__ == "__main__":
    run()
