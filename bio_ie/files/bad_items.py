"""Errors of single items of a file, which a parser reports before it goes on with the next item."""

import contextlib
from typing import Any, Iterator, Mapping, Optional, Tuple, Type, TypeVar

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.source import Source
from bio_ie.text.document import DocumentError

T = TypeVar("T")


class BadItem(ValueError):
    """Raised while parsing an item that cannot be read. `skippable` reports it.

    # Parameters

    reason : `str`
        A phrase without particulars, because losses are counted by reason.
    detail : `str`, optional
        The particulars.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@contextlib.contextmanager
def skippable(
    source: Source, document_id: Optional[str] = None, line: Optional[int] = None
) -> Iterator[None]:
    """A context manager that hands a `BadItem` or `DocumentError` of its block to `source.problem`.

    With `on_error: "raise"` that raises a `CorpusError`. With `"skip"` it counts the loss, and the
    program goes on after the block. A companion file that breaks off is treated in the same way.
    """
    try:
        yield
    except BadItem as error:
        source.problem(error.reason, error.detail, line, document_id)
    except DocumentError as error:
        source.problem("contradictory document", error.reason, line, error.document_id)
    except CorpusError as error:
        if source.on_error == "raise":
            raise
        if error.document_id is None:
            error = CorpusError(error.reason, error.path, error.line, document_id)
        source.report.lose_input("a file cannot be read to its end", error)


def json_objects(source: Source, what: str) -> Iterator[Tuple[int, Mapping[str, Any]]]:
    """The objects of a JSON file that holds one list, each with its number, from 0.

    `what` is the name of an object in errors. The whole file is read at once.
    """
    for index, value in json_list(source):
        item = None
        with skippable(source, f"number {index}"):
            item = as_object(value, what)
        if item is not None:
            yield index, item


def json_list(source: Source) -> Iterator[Tuple[int, Any]]:
    """The values of a JSON file that holds one list, each with its number, from 0."""
    values = source.json()
    if not isinstance(values, list):
        raise source.error(f"expected a JSON list, found {_kind(values)}")
    yield from enumerate(values)


def as_object(value: Any, what: str) -> Mapping[str, Any]:
    """`value` if it is a JSON object; otherwise raises a `BadItem`, in which `what` names it."""
    return _checked(value, dict, what)


def member(item: Mapping[str, Any], key: str, kind: Type[T]) -> T:
    """`item[key]`. Raises `BadItem` if it is missing or not of the JSON type `kind`."""
    if key not in item:
        raise BadItem(f"{key!r} is missing")
    return _checked(item[key], kind, repr(key))


def _checked(value: Any, kind: Type[T], what: str) -> T:
    # In Python `True` is an `int`; in JSON it is not a number.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadItem(f"{what} must be {_NAMES[kind]}", f"found {_kind(value)}")
    return value


_NAMES: Mapping[type, str] = {
    dict: "an object", list: "a list", str: "a string", int: "a whole number",
    bool: "true or false", float: "a number", type(None): "null",
}  # fmt: skip


def _kind(value: Any) -> str:
    return _NAMES[type(value)]
