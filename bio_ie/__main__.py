"""
The command `bio-ie`, or `python -m bio_ie`. It is AllenNLP's command line with this plugin loaded,
in any working directory. Each command imports what it needs.
"""

import importlib.metadata
import io
import sys
import warnings

from bio_ie.commands.parser import general_help
from bio_ie.files import stopping
from bio_ie.startup.other_plugins import other_plugins
from bio_ie.startup.parts import COMMANDS
from bio_ie.version import VERSION

_WHEN_STOPPED = {
    "train": "the same command with --recover continues",
    "repeat": "the same command continues",
    "annotate": "the same command continues",
}
"""What commands tell when they are stopped. `predict` says how far it has come."""


def run() -> None:
    """Runs the command line in `sys.argv` as `allennlp` would do with this plugin loaded."""
    write_utf8()
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(f"bio-ie {VERSION} (AllenNLP {importlib.metadata.version('allennlp')})")
    elif arguments in ([], ["-h"], ["--help"]) and not other_plugins():
        print(general_help(COMMANDS), end="")
    else:
        _run_command()


def _run_command() -> None:
    # AllenNLP calls functions that torch has renamed. A user cannot do anything about that.
    warnings.filterwarnings("ignore", category=FutureWarning, module="allennlp")
    # The import sets up logging in the same way as the `allennlp` command.
    import allennlp.__main__  # noqa: F401

    from bio_ie.commands.command_line import prepared_command
    from bio_ie.commands.user_errors import user_errors

    with user_errors():
        run_command = prepared_command(sys.argv[1:])
        stopping.install()
        stopping.set_hint(_WHEN_STOPPED.get(" ".join(sys.argv[1:2]), "no output file was written"))
        run_command()
    stopping.exit_if_stopped()


def write_utf8() -> None:
    """Makes the process write UTF-8, whatever the locale: JSON is UTF-8, and an ASCII locale could
    not write most texts. What UTF-8 cannot hold, such as odd file names, is written as escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    run()
