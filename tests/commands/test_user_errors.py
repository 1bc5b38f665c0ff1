import io
import logging
from typing import Type

import pytest
from allennlp.common.checks import ConfigurationError
from allennlp.common.params import parse_overrides

from bio_ie.commands.user_errors import user_errors
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import DocumentError


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


@pytest.mark.parametrize("overrides", ["{bad", '{"a": error "Must override"}', "{a: b}"])
def test_wrong_jsonnet_is_a_users_error(overrides: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), user_errors():
        parse_overrides(overrides)
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize("error", [RuntimeError, KeyError, io.UnsupportedOperation("x").__class__])
def test_other_exceptions_pass(error: Type[Exception]) -> None:
    with pytest.raises((error, SystemExit)) as raised, user_errors():
        raise error("ours")
    assert raised.type is (SystemExit if issubclass(error, OSError) else error)


def test_traceback_is_there_for_those_who_ask(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(SystemExit), user_errors():
        raise ConfigurationError("no such model")
    assert caplog.records[-1].exc_info is not None
