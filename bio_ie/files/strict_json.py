"""JSON with one kind of error for all that is wrong with it."""

import json
import math
from typing import Any

from bio_ie.files.corpus_error import quoted


def parse_json(content: str) -> Any:
    """`json.loads` with one kind of error, `ValueError`, for all it cannot read: nesting without
    end, numbers no JSON has (NaN) or no float holds (1e999), lone surrogates, which no text
    file can hold, and bytes that were not UTF-8 (decoded by `errors="surrogateescape"`)."""
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
            raise ValueError("a surrogate stands alone, which is no character") from error
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):  # it would be written as Infinity, which is no JSON
        raise ValueError(f"{quoted(number)} is too large a number")
    return value
