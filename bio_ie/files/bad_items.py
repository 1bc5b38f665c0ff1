"""How a parser gives up on one item of a file and goes on with the next."""

import contextlib
from typing import Any, Iterator, Mapping, Optional, Tuple, Type, TypeVar

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.source import Source
from bio_ie.text.document import DocumentError

T = TypeVar("T")


class BadItem(ValueError):
    """An item that cannot be read, raised while it is parsed and reported by `skippable`.

    # Parameters

    reason : `str`
        A phrase without particulars: losses are counted by it.
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
    """Hands a `BadItem` or `DocumentError` of the block to `source.problem`: a `CorpusError` under
    `on_error: "raise"`; under `"skip"` it is counted and the program goes on after the block. So
    is a companion file that breaks off."""
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
    """The objects of the list a whole JSON file holds, with their numbers from 0. `what` names
    one of them in errors. Does not stream."""
    values = source.json()
    if not isinstance(values, list):
        raise source.error(f"expected a JSON list, found {_kind(values)}")
    for index, value in enumerate(values):
        item = None
        with skippable(source, f"number {index}"):
            item = as_object(value, what)
        if item is not None:
            yield index, item


def as_object(value: Any, what: str) -> Mapping[str, Any]:
    """`value` if it is a JSON object; otherwise a `BadItem` that names `what` it should be."""
    return _checked(value, dict, what)


def member(item: Mapping[str, Any], key: str, kind: Type[T]) -> T:
    """`item[key]`, which must be there and of the JSON type `kind`; otherwise a `BadItem`."""
    if key not in item:
        raise BadItem(f"{key!r} is missing")
    return _checked(item[key], kind, repr(key))


def _checked(value: Any, kind: Type[T], what: str) -> T:
    # JSON's true is no number, although Python's is one.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadItem(f"{what} must be {_NAMES[kind]}", f"found {_kind(value)}")
    return value


_NAMES: Mapping[type, str] = {
    dict: "an object", list: "a list", str: "a string", int: "a whole number",
    bool: "true or false", float: "a number", type(None): "null",
}  # fmt: skip


def _kind(value: Any) -> str:
    return _NAMES[type(value)]
