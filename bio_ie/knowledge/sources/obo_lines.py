"""The lines of an OBO file: stanzas of tags with values, and the parts of values."""

import re
from datetime import date, datetime
from typing import Iterator, List, NamedTuple, Optional, Tuple

from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source

_HEADER = re.compile(r"\[(\w+)\]\s*(?:!.*)?")
_TAG = re.compile(r"([A-Za-z][\w-]*)\s*:\s?(.*)", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(.*)', re.DOTALL)
_QUOTED_ID = re.compile(r'([^\s":]+:)"((?:[^"\\]|\\.)*)"\s*')
_WORD = re.compile(r"((?:[^\s\\]|\\.)+)\s*(.*)", re.DOTALL)
_MODIFIERS = re.compile(r'\s*\{\s*(?:[\w:./#-]+\s*=\s*"(?:[^"\\]|\\.)*"\s*,?\s*)*\}\s*(?:!.*)?\Z')
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "W": " "}


class TagLine(NamedTuple):
    """A line `tag: value`, without modifiers (`{source="x"}`) at its end."""

    number: int
    tag: str
    value: str


class Stanza(NamedTuple):
    """A stanza with the line of its header. The header of the file has the kind ""."""

    number: int
    kind: str
    lines: List[TagLine]


def read_stanzas(source: Source) -> Iterator[Stanza]:
    """The stanzas of a file. Lines that cannot be read go to `source.problem`."""
    stanza = Stanza(1, "", [])
    for number, line in _whole_lines(source):
        header = _HEADER.fullmatch(line.strip())
        if header is not None:
            yield stanza
            stanza = Stanza(number, header[1], [])
        elif line.strip() and not line.startswith("!"):
            with skippable(source, line=number):
                stanza.lines.append(_tag_line(number, line))
    yield stanza


def _whole_lines(source: Source) -> Iterator[Tuple[int, str]]:
    """Lines with their numbers. A backslash at the end of a line continues it in the next one."""
    begun: Optional[Tuple[int, str]] = None
    for number, line in enumerate(source.lines(errors="surrogateescape"), 1):
        first, text = (number, line) if begun is None else (begun[0], begun[1] + line.lstrip())
        begun = None
        if (len(text) - len(text.rstrip("\\"))) % 2:
            begun = first, text[:-1]
        else:
            yield first, text
    if begun is not None:
        yield begun


def _tag_line(number: int, line: str) -> TagLine:
    wrong = _NO_TEXT.search(line)
    if wrong is not None:
        is_control = wrong[0] < "\ud800"
        what = "a control character" if is_control else "bytes that are not UTF-8"
        raise BadItem(f"a line with {what}", quoted(line))
    match = _TAG.fullmatch(line.strip())
    if match is None:
        raise BadItem(
            "not an ontology that can be read", f"no stanza and no tag with a value: {quoted(line)}"
        )
    return TagLine(number, match[1], _MODIFIERS.sub("", match[2]).strip())


def unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)


def quoted_text(value: str) -> Tuple[str, str]:
    """The text in quotes at the beginning of a value, and the rest of the value. Raises `BadItem`
    if there is none, or if the quotes are not closed."""
    match = _QUOTED.fullmatch(value)
    if match is None:
        raise BadItem("a text that is not in quotes, or whose quotes are not closed", quoted(value))
    return unescaped(match[1]).strip(), match[2]


def identifiers(value: str, count: int = 1) -> List[str]:
    """The ids in a value that has `count` of them and perhaps a comment (`X:1 ! a name`). Raises
    `BadItem` for any other value."""
    found: List[str] = []
    rest = value
    for _ in range(count):
        match = _WORD.fullmatch(rest)
        if match is None or match[1].startswith("!"):
            raise BadItem("an id is missing", quoted(value))
        found.append(unescaped(match[1]))
        rest = match[2]
    if rest and not rest.startswith("!"):
        raise BadItem("an id is followed by something that is no comment", quoted(value))
    return found


def cross_reference(value: str) -> str:
    """The id of a cross-reference, which a description in quotes may follow. An id with spaces may
    be in quotes behind its prefix (`BEL:"9-1-1 Complex"`). Raises `BadItem` for any other value,
    such as an id with a space in it."""
    match = _QUOTED_ID.fullmatch(value)
    if match is not None:
        return unescaped(match[1] + match[2])
    match = _WORD.fullmatch(value)
    if match is None:
        raise BadItem("a cross-reference without an id", quoted(value))
    rest = match[2]
    if rest.startswith('"'):
        rest = quoted_text(rest)[1]
    if rest and not rest.startswith("!"):
        raise BadItem("a cross-reference that is not an id and a description", quoted(value))
    return unescaped(match[1])


def check_date(value: str) -> None:
    """Raises `BadItem` unless a value is a date of a header or of a term: `31:12:2020 12:00`,
    `2020-12-31` or `2020-12-31T12:00:00Z`."""
    try:
        if re.match(r"\d\d:", value):
            datetime.strptime(value, "%d:%m:%Y %H:%M")
        else:
            date.fromisoformat(value[:10])
    except ValueError as error:
        raise BadItem("not a date", quoted(value)) from error
