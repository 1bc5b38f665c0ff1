import argparse
import sys
from pathlib import Path
from typing import Any, Iterator, List

import pytest
from allennlp.commands import parse_args
from allennlp.common import Registrable, plugins

from bio_ie.commands.command import Command
from bio_ie.commands.command_line import run_command
from bio_ie.commands.parser import general_help, main_parser
from bio_ie.startup import other_plugins
from bio_ie.startup.parts import COMMANDS


@pytest.fixture
def seen() -> Iterator[List[argparse.Namespace]]:
    """The arguments that the command `noting` is run with."""
    arguments: List[argparse.Namespace] = []

    @Command.register("noting")
    class Noting(Command):
        def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
            subparser = parser.add_parser(self.name)
            subparser.add_argument("input")
            subparser.set_defaults(func=arguments.append)
            return subparser

    yield arguments
    del Registrable._registry[Command]["noting"]


@pytest.mark.parametrize(
    ("options", "included"),
    [
        ([], ["bio_ie"]),
        (["--include-package", "bio_ie"], ["bio_ie"]),
        (["--include-package=bio_ie.version"], ["bio_ie", "bio_ie.version"]),
        (["--include-package", "json", "--include-package", "bio_ie"], ["json", "bio_ie"]),
    ],
)
def test_started_processes_are_told_to_import_the_package(
    seen: List[argparse.Namespace], options: List[str], included: List[str]
) -> None:
    run_command(["noting", "bio_ie", *options])
    assert [args.include_package for args in seen] == [included]


def test_a_named_package_and_the_plugins_of_the_folder_are_imported(
    seen: List[argparse.Namespace], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    for name in ("plugin_of_the_folder", "named_package"):
        (tmp_path / f"{name}.py").write_text("")
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / ".allennlp_plugins").write_text("plugin_of_the_folder\n\nplugin_that_is_missing\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    run_command(["noting", "x", "--include-package", "named_package"])
    assert {"plugin_of_the_folder", "named_package"} <= sys.modules.keys()
    assert "Plugin plugin_that_is_missing could not be loaded" in caplog.text


def test_wrong_arguments_are_told_as_by_allennlp(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["convert"], ["convert", "a", "b", "--from", "x", "--to", "y", "--zzz"]):
        with pytest.raises(SystemExit) as raised:
            run_command(arguments)
        assert raised.value.code == 2
    message = capsys.readouterr().err
    assert "usage: bio-ie convert [-h] --from FROM_FORMAT --to TO_FORMAT" in message
    assert "bio-ie: error: unrecognized arguments: --zzz" in message


@pytest.fixture
def allennlps_parser(monkeypatch: pytest.MonkeyPatch) -> argparse.ArgumentParser:
    monkeypatch.setattr(sys, "argv", ["bio-ie", "convert", "a", "b", "--from", "x", "--to", "y"])
    parser, _ = parse_args(prog="bio-ie")
    return parser


def test_the_help_is_that_of_allennlps_parser(allennlps_parser: argparse.ArgumentParser) -> None:
    assert general_help(COMMANDS) == allennlps_parser.format_help()


@pytest.mark.parametrize("name", sorted(Command.list_available()))
def test_the_help_of_a_command_is_that_of_allennlps_parser(
    allennlps_parser: argparse.ArgumentParser, name: str
) -> None:
    _, subparsers = main_parser()
    ours = Command.by_name(name)().add_subparser(subparsers)
    ours.add_argument(
        "--include-package", action="append", default=[], help="additional packages to include"
    )
    (choices,) = (action.choices for action in allennlps_parser._actions if action.choices)
    assert ours.format_help() == choices[name].format_help()  # type: ignore[index, call-overload]


def test_other_plugins_are_found_where_allennlp_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert other_plugins.DEFAULT_PLUGINS == plugins.DEFAULT_PLUGINS
    home = tmp_path / "home"
    (home / ".allennlp").mkdir(parents=True)
    monkeypatch.setattr(Path, "home", lambda: home)
    monkeypatch.chdir(tmp_path)
    assert other_plugins.other_plugins() == set()
    (tmp_path / plugins.LOCAL_PLUGINS_FILENAME).write_text("bio_ie\n\n")
    assert other_plugins.other_plugins() == set()
    (tmp_path / plugins.LOCAL_PLUGINS_FILENAME).write_text("bio_ie\nmy_formats \n")
    (home / ".allennlp" / "plugins").write_text("my_models\n")
    assert other_plugins.other_plugins() == {"my_formats", "my_models"}
    assert plugins.GLOBAL_PLUGINS_FILENAME.endswith("/.allennlp/plugins")
