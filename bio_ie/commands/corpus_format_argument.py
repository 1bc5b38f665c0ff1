"""Reads a corpus format from an argument of the command line."""

import json
from typing import Any, Dict, Optional

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.wrapper_format import WrapperFormat
from bio_ie.training.part_check import check_part, proposal


def corpus_format(argument: str, on_error: Optional[str] = None) -> CorpusFormat:
    """The format of an argument; see `format_config`."""
    options = format_config(argument, on_error)
    try:
        return CorpusFormat.from_params(Params(options))
    except TypeError as error:
        raise ConfigurationError(f"corpus format {argument}: {error}") from error


def format_config(argument: str, on_error: Optional[str] = None) -> Dict[str, Any]:
    """The config of the format with a registered name (`pubtator`), or of a JSON object with
    options (`{"type": "ade", "group_by": "sentence"}`).

    `on_error`, if given, is used unless the object has its own `on_error`.

    Raises `ConfigurationError` for anything else.
    """
    if not argument.lstrip().startswith("{"):
        known = CorpusFormat.list_available()
        if argument not in known:
            raise ConfigurationError(
                f"there is no corpus format {argument!r}" + proposal(argument, known)
            )
        options: Dict[str, Any] = {"type": argument}
    else:
        try:
            options = json.loads(argument)
        except (ValueError, RecursionError) as error:
            raise ConfigurationError(f"{argument!r} is not valid JSON: {error}") from error
    check_part(options, CorpusFormat, "format")
    return options if on_error is None else _with_on_error(options, on_error)


def _with_on_error(options: Dict[str, Any], on_error: str) -> Dict[str, Any]:
    """The options with `on_error`. If the format wraps another format, this one gets it."""
    inner = options.get("format")
    if inner is None:
        name = options.get("type", CorpusFormat.default_implementation)
        return options if _wraps(name) else {"on_error": on_error, **options}
    inner = {"type": inner} if isinstance(inner, str) else inner
    return {**options, "format": _with_on_error(inner, on_error)}


def _wraps(name: str) -> bool:
    if name not in CorpusFormat.list_available():
        return False
    implementation = CorpusFormat.by_name(name)
    return isinstance(implementation, type) and issubclass(implementation, WrapperFormat)
