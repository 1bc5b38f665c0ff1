"""A JSON parser that raises one kind of error, whatever is wrong with the text."""

import json
import math
from typing import Any

from bio_ie.files.corpus_error import quoted


def parse_json(content: str) -> Any:
    """Parses JSON like `json.loads`, but raises `ValueError` for everything that it cannot read.

    That includes JSON that is nested too deeply, numbers that are not JSON (NaN) or that no float
    can hold (1e999), lone surrogates, which no text file can hold, and bytes that were not UTF-8
    (decoded with `errors="surrogateescape"`).
    """
    try:
        content.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"not valid UTF-8 at character {error.start + 1}") from error
    try:
        value = json.loads(content, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if "\\ud" in content or "\\uD" in content:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError("a lone surrogate, which is not a character") from error
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):  # it would be written as Infinity, which is not JSON
        raise ValueError(f"the number {quoted(number)} is too large")
    return value
