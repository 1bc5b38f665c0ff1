"""The option `--on-error` of the commands that read corpora and sources."""

import argparse


def add_on_error_argument(
    parser: argparse.ArgumentParser, what: str = "an item", left_out: str = "the item"
) -> None:
    """Adds `--on-error` to the arguments of a command.

    # Parameters

    parser : `argparse.ArgumentParser`
    what : `str`, optional (default = `"an item"`)
        What cannot be read, as the help calls it.
    left_out : `str`, optional (default = `"the item"`)
        What `skip` leaves out.
    """
    parser.add_argument(
        "--on-error",
        choices=("raise", "skip"),
        default="raise",
        help=f"what to do with {what} that cannot be read: stop (default), or leave {left_out} out",
    )
