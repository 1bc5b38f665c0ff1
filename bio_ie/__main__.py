"""
The `bio-ie` command, also `python -m bio_ie`: AllenNLP's command line with this plugin loaded,
whatever the working directory.
"""

import argparse
import sys
import warnings
from typing import List, Type, cast

from bio_ie.version import VERSION


def run() -> None:
    """Runs the command line in `sys.argv` as `allennlp` would with this plugin loaded."""
    # AllenNLP calls names that torch has renamed; there is nothing for a user to do about it.
    warnings.filterwarnings("ignore", category=FutureWarning, module="allennlp")
    # Imported for what it does at import: it sets up logging as the `allennlp` command does.
    import allennlp.__main__  # noqa: F401
    from allennlp.commands import __version__ as allennlp_version
    from allennlp.commands import main
    from allennlp.common.util import install_sigterm_handler

    from bio_ie.commands.user_errors import user_errors

    if sys.argv[1:] == ["--version"]:
        print(f"bio-ie {VERSION} (AllenNLP {allennlp_version})")
        return
    install_sigterm_handler()
    sys.argv[1:] = include_plugin(sys.argv[1:])
    with user_errors():
        main(prog="bio-ie")


def include_plugin(arguments: List[str]) -> List[str]:
    """
    Adds `--include-package bio_ie` to the arguments of a subcommand that accepts it, unless it is
    there. The processes that distributed training spawns import nothing but the packages named so.
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
