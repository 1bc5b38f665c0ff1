"""Seeded damage to valid input, and a check that every outcome is a result or a clear error.

Each test runs a fixed number of rounds from a fixed seed. `BIO_IE_FUZZ=20` runs twenty times as
many, and goes on where the fixed ones end.
"""

import contextlib
import copy
import json
import os
import random
import re
import signal
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple, TypeVar

from allennlp.common.checks import ConfigurationError

from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge.concept_embeddings import ConceptVectorsError
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.text.document import DocumentError

T = TypeVar("T")

CLEAR = (ConfigurationError, CorpusError, ConceptVectorsError, DocumentError, KnowledgeBaseError)
"""The errors that commands tell in one line."""

SECONDS = 20
"""A case that takes longer is taken to hang."""

JUNK = (
    b"\x00", b"\x0b", b"\x1c", "\x85".encode(), "\u2028".encode(), "\ufeff".encode(), b"\xff",
    b"\r", b"\n", b"\t", b"|", b'"', b"'", b"{", b"[", b"<", b">", b"&", b"&x;", b"-1",
    b"999999999999", b"1e400", b"NaN", b"null", b"true", b"]]>", b"<!--", b"\\ud800", b";", b" ",
    b"T1", b":", b"9" * 5000,
)  # fmt: skip
VALUES = (None, True, 0, -1, 10**12, 1.5, "", "x", "1", [], {}, [None], ["x"], {"x": 1}, [[0, 1]])


def rounds(count: int) -> Iterator[random.Random]:
    """A generator of random numbers for each round."""
    for number in range(count * int(os.environ.get("BIO_IE_FUZZ", "1"))):
        yield random.Random(number)


def mutated_bytes(rng: random.Random, content: bytes) -> bytes:
    """The content after one to three accidents with bytes or lines."""
    for _ in range(rng.randint(1, 3)):
        content = rng.choice(_ACCIDENTS)(rng, content)
    return content


def _flip(rng: random.Random, content: bytes) -> bytes:
    place = rng.randrange(len(content) or 1)
    return content[:place] + bytes([rng.randrange(256)]) + content[place + 1 :]


def _cut(rng: random.Random, content: bytes) -> bytes:
    start = rng.randint(0, len(content))
    return content[:start] + content[start + rng.randint(1, 60) :]


def _end(rng: random.Random, content: bytes) -> bytes:
    return content[: rng.randint(0, len(content))]


def _insert(rng: random.Random, content: bytes) -> bytes:
    place = rng.randint(0, len(content))
    return content[:place] + rng.choice(JUNK) + content[place:]


def _renumber(rng: random.Random, content: bytes) -> bytes:
    numbers = list(re.finditer(rb"[0-9]+", content))
    if not numbers:
        return content
    number = rng.choice(numbers)
    other = str(rng.choice((-1, 0, 1, rng.randint(2, 300), 10**18))).encode()
    return content[: number.start()] + other + content[number.end() :]


def _lines(rng: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    action = rng.choice(("drop", "double", "swap"))
    if action == "drop":
        del lines[first]
    elif action == "double":
        lines.insert(second, lines[first])
    else:
        lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


_ACCIDENTS: List[Callable[[random.Random, bytes], bytes]] = [
    _flip, _cut, _end, _insert, _insert, _renumber, _lines, _lines,
]  # fmt: skip


def mutated_json(rng: random.Random, value: Any) -> Any:
    """A JSON value in which one or two values are removed, doubled, nulled or of another type."""
    value = copy.deepcopy(value)
    for _ in range(rng.randint(1, 2)):
        places = list(_places(value))
        if not places:
            return rng.choice(VALUES)
        place, key = rng.choice(places)
        action = rng.choice(("remove", "double", "replace", "replace", "replace"))
        if action == "remove":
            del place[key]
        elif action == "double" and isinstance(place, list):
            place.insert(key, copy.deepcopy(place[key]))
        else:
            place[key] = copy.deepcopy(rng.choice(VALUES))
    return value


def _places(value: Any) -> Iterator[Tuple[Any, Any]]:
    keys: List[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = list(range(len(value)))
    for key in keys:
        yield value, key
        yield from _places(value[key])


def mutated_file(rng: random.Random, path: Path) -> None:
    """Damages a file. In a file of JSON, or of lines of JSON, values change half of the time."""
    content = path.read_bytes()
    if path.suffix in (".json", ".jsonl") and rng.random() < 0.5:
        is_lines = path.suffix == ".jsonl"
        values = [json.loads(line) for line in content.splitlines()] if is_lines else None
        value = mutated_json(rng, json.loads(content) if values is None else values)
        items = value if is_lines and isinstance(value, list) else [value]
        path.write_text("\n".join(map(json.dumps, items)))
    else:
        path.write_bytes(mutated_bytes(rng, content))


class Hang(BaseException):
    """No `except Exception` of a parser takes it."""


@contextlib.contextmanager
def no_hang() -> Iterator[None]:
    """A context manager that raises `Hang` if its block takes too long."""

    def ring(number: int, frame: Any) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def outcome(call: Callable[..., T], *arguments: Any) -> Optional[T]:
    """The result of a call, or `None` if it raised a clear error. Other errors pass."""
    try:
        with no_hang():
            return call(*arguments)
    except CLEAR as error:
        message = error.message if isinstance(error, ConfigurationError) else str(error)
        assert message.strip()
        return None
