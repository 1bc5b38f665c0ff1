import sys

import pytest
from allennlp.commands import main

import bio_ie  # noqa: F401 - registers the commands


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a command and returns its exit status, standard output and standard error."""

    def run_command(*arguments):
        monkeypatch.setattr(sys, "argv", ["bio-ie", *map(str, arguments)])
        status = 0
        try:
            main(prog="bio-ie")
        except SystemExit as error:
            status = int(error.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run_command
