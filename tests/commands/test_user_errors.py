import io
import logging
import traceback
from typing import List, Type

import pytest
from allennlp.common.checks import ConfigurationError
from allennlp.common.params import parse_overrides
from allennlp.data.data_loaders.multiprocess_data_loader import WorkerError

from bio_ie.commands.user_errors import jsonnet_problems, user_errors
from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge.leaks import LeakError
from bio_ie.modules.poolings import Pooling
from bio_ie.text.document import DocumentError
from bio_ie.training.part_check import ConfigProblems


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ConfigurationError("no such model"), "error: no such model\n"),
        (CorpusError("no title", "x.txt", 3), "error: x.txt:3: no title\n"),
        (DocumentError("7", "no text"), "error: document '7': no text\n"),
        (FileNotFoundError("file x not found"), "error: file x not found\n"),
    ],
)
def test_users_error_is_one_line_and_status_1(
    error: Exception, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exit_info, user_errors():
        raise error
    assert exit_info.value.code == 1
    assert capsys.readouterr() == ("", line)


@pytest.mark.parametrize("error", [CorpusError("no title", "x.txt", 3), LeakError("known")])
def test_users_error_in_a_worker_is_one_line_too(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit), user_errors():
        raise worker_error(error)
    assert capsys.readouterr().err == f"error: {error}\n"


def test_other_exceptions_in_a_worker_pass() -> None:
    for error in (KeyError("x"), ValueError("bio_ie.files.corpus_error.CorpusError: x")):
        with pytest.raises(WorkerError), user_errors():
            raise worker_error(error)


def worker_error(error: Exception) -> WorkerError:
    """The error that AllenNLP makes of an error in a process that loads data."""
    try:
        try:
            raise CorpusError("another one, which has been dealt with")
        except CorpusError:
            raise error from None if isinstance(error, CorpusError) else CorpusError("a cause")
    except Exception:
        return WorkerError(repr(error), traceback.format_exc())  # type: ignore[arg-type]


@pytest.mark.parametrize("overrides", ["{bad", '{"a": error "Must override"}', "{a: b}"])
def test_wrong_jsonnet_is_a_users_error(overrides: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), user_errors():
        parse_overrides(overrides)
    assert capsys.readouterr().err.startswith("error: ")


def test_faults_of_a_config_are_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), user_errors():
        raise ConfigProblems(["a is wrong", "b is wrong"])
    assert capsys.readouterr().err == "error: a is wrong\nerror: b is wrong\n"


def test_advice_about_other_packages_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), user_errors():
        Pooling.by_name("smaxx")
    told = capsys.readouterr().err
    assert told.startswith("error: 'smaxx' is not a registered name for 'Pooling'")
    assert "include-package" not in told


@pytest.mark.parametrize(
    ("message", "problems"),
    [
        ("RUNTIME ERROR: no a\nno b\n\tlib/settings.libsonnet:3:1-5\tobject", ["no a", "no b"]),
        (
            "RUNTIME ERROR: Must override corpus\n\tlib/base.libsonnet:(3:1)-(4:5)\tobject <a>\n"
            "\tmine.jsonnet:1:1-5\t",
            ["Must override corpus (lib/base.libsonnet:(3:1)-(4:5))"],
        ),
        ("STATIC ERROR: x.jsonnet:1:2: expected a comma", ["x.jsonnet:1:2: expected a comma"]),
    ],
)
def test_errors_of_jsonnet_are_short(message: str, problems: List[str]) -> None:
    assert jsonnet_problems(message) == problems


@pytest.mark.parametrize("error", [RuntimeError, KeyError, io.UnsupportedOperation("x").__class__])
def test_other_exceptions_pass(error: Type[Exception]) -> None:
    with pytest.raises((error, SystemExit)) as raised, user_errors():
        raise error("ours")
    assert raised.type is (SystemExit if issubclass(error, OSError) else error)


def test_traceback_is_there_for_those_who_ask(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(SystemExit), user_errors():
        raise ConfigurationError("no such model")
    assert caplog.records[-1].exc_info is not None
