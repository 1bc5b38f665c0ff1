"""Damages a valid file as accidents do: bytes are lost, doubled or swapped, and numbers are
changed."""

import re
from typing import Callable, List

from hypothesis import strategies as st

JUNK = st.sampled_from(
    [
        b"\x00", b"\x0b", b"\x1c", "\x85".encode(), "\u2028".encode(), "\ufeff".encode(), b"\xff",
        b"\r", b"\n", b"\t", b"|", b'"', b"{", b"[", b"<", b">", b"&", b"-1", b"999999999999",
        b"T1", b"\\ud800", b"NaN", b" ", b";", b"]]>", b"null", b"&x;", b"1e400", b"true",
    ]
) | st.binary(max_size=4)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` after one to four such accidents."""
    for _ in range(draw(st.integers(1, 4))):
        content = draw(st.sampled_from(_ACCIDENTS))(draw, content)
    return content


def _cut(draw: st.DrawFn, content: bytes) -> bytes:
    start, end = _stretch(draw, content)
    return content[:start] + content[end:]


def _double(draw: st.DrawFn, content: bytes) -> bytes:
    start, end = _stretch(draw, content)
    return content[:end] + content[start:]


def _insert(draw: st.DrawFn, content: bytes) -> bytes:
    start, _ = _stretch(draw, content)
    return content[:start] + draw(JUNK) + content[start:]


def _renumber(draw: st.DrawFn, content: bytes) -> bytes:
    numbers = list(re.finditer(rb"[0-9]+", content))
    if not numbers:
        return content
    number = draw(st.sampled_from(numbers))
    other = str(draw(st.integers(-3, 300))).encode()
    return content[: number.start()] + other + content[number.end() :]


def _swap_lines(draw: st.DrawFn, content: bytes) -> bytes:
    lines = content.split(b"\n")
    first, second = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _stretch(draw: st.DrawFn, content: bytes) -> List[int]:
    start = draw(st.integers(0, len(content)))
    return [start, draw(st.integers(start, min(len(content), start + 60)))]


_ACCIDENTS: List[Callable[[st.DrawFn, bytes], bytes]] = [
    _cut,
    _double,
    _insert,
    _renumber,
    _swap_lines,
]
