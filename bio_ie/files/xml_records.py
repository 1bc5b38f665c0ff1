"""Reads files of XML records one at a time, so that a bad record costs no other one.

Files of literature are long lists of records, which nobody has validated all. A parser of the whole
file ends at the first stray sign. So a file is cut at the tags of its records, and each record is
parsed alone: without document types, entities and network.
"""

import html.entities
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Dict, Iterator, List, Match, NamedTuple, Optional, Pattern, Sequence, Tuple

from lxml import etree

from bio_ie.files.bad_items import BadItem
from bio_ie.files.byte_window import ByteWindow
from bio_ie.files.corpus_error import quoted
from bio_ie.files.other_content import format_of_xml
from bio_ie.files.source import Source

_ATTRIBUTES = rb"(?:[^<>\"']|\"[^\"]*\"|'[^']*')*"
_START_TAG = re.compile(rb"<([^\s<>/!?\"'=]+)(?=[\s/>])" + _ATTRIBUTES + rb">")
_PROLOG = re.compile(
    rb"(?:\s+|<\?.*?\?>|<!--.*?-->"
    rb"|<!DOCTYPE(?:[^<>\[\"']|\"[^\"]*\"|'[^']*')*(?:\[.*?\]\s*)?>)*",
    re.S,
)
_ENCODING = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.-]+)["']""")
_NAMESPACE = re.compile(rb"""\s(xmlns(?::[\w.-]+)?)\s*=\s*("[^"<]*"|'[^'<]*')""")
_DECLARED = re.compile(rb"<!ENTITY\s+([\w.:-]+)")
_MARKUP = re.compile(rb"<!--.*?-->|<[^>]*>", re.S)

_REFERENCE = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&([A-Za-z_][\w.-]*);", re.S)
_XML_ENTITIES = (b"amp", b"lt", b"gt", b"quot", b"apos")
_NAMED = re.compile(rb"&(?!#|amp;|lt;|gt;|quot;|apos;)")

_PREFIXES = {
    b"xmlns:ali": b'"http://www.niso.org/schemas/ali/1.0/"',
    b"xmlns:mml": b'"http://www.w3.org/1998/Math/MathML"',
    b"xmlns:xlink": b'"http://www.w3.org/1999/xlink"',
    b"xmlns:xsi": b'"http://www.w3.org/2001/XMLSchema-instance"',
}
"""Usual prefixes, which extracts of files often leave undeclared."""

_parser = etree.XMLParser(
    resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
)


@dataclass
class _Head:
    """What a file says before its records and around them."""

    encoding: bytes
    entities: Sequence[bytes]
    namespaces: Dict[bytes, bytes] = field(default_factory=lambda: dict(_PREFIXES))

    def add(self, tags: bytes) -> None:
        if b"xmlns" in tags:
            self.namespaces.update(_NAMESPACE.findall(tags))

    @property
    def has_namespaces(self) -> bool:
        """Whether other namespaces are declared than the usual ones."""
        return len(self.namespaces) > len(_PREFIXES)

    def xml(self) -> bytes:
        names = b"".join(b" %s=%s" % pair for pair in self.namespaces.items())
        return b'<?xml version="1.0" encoding="%s"?><records%s>' % (self.encoding, names)


class XmlRecord(NamedTuple):
    """A record of a file that is not parsed yet."""

    tag: str
    id: Optional[str]
    """The id for errors."""
    content: bytes
    line: int
    """The line in which the record begins."""
    head: _Head

    def element(self) -> Any:
        """The record as an `lxml` element. Names of elements have no namespace, and there are no
        comments. Characters that are given by name, such as `&alpha;`, are characters.

        Raises `BadItem` for what is not XML, and for a reference to any other entity.
        """
        content = self.content
        if _NAMED.search(content):
            content = _REFERENCE.sub(self._character, content)
        try:
            records = etree.fromstring(self.head.xml() + content + b"</records>", _parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            line = self.line + (getattr(error, "lineno", None) or 1) - 1
            reason = re.sub(r",? line \d+(, column \d+)?|\n", "", getattr(error, "msg", str(error)))
            raise BadItem("record is not valid XML", f"{reason} in line {line}") from error
        if len(records) != 1:
            raise BadItem("record is not valid XML", "it has more than one end")
        if self.head.has_namespaces or b"xmlns" in content or b"mml:" in content:
            for part in records.iter("*"):
                part.tag = re.split("[}:]", part.tag)[-1]
        return records[0]

    def _character(self, match: Match[bytes]) -> bytes:
        name = match[1]
        if name is None or name in _XML_ENTITIES:
            return match[0]
        characters = html.entities.html5.get(f"{name.decode()};")
        if characters is None or name in self.head.entities:
            raise BadItem("XML entities are not read", match[0].decode())
        return "".join(f"&#{ord(character)};" for character in characters).encode()


class XmlRecords:
    """Cuts XML files into records.

    # Parameters

    what : `str`
        What such files are, for errors.
    roots : `Dict[str, Sequence[str]]`
        For each element that a file may consist of, the elements in it that are records. A record
        may be a file by itself. Records do not contain others of their name.
    id_pattern : `Pattern[bytes]`
        Finds the id of a record for errors, as its first group, whether or not it is valid XML.
    has_text : `bool`, optional (default = `False`)
        Whether there may be text between the records. Otherwise it is a problem.
    """

    def __init__(
        self,
        what: str,
        roots: Dict[str, Sequence[str]],
        id_pattern: Pattern[bytes],
        has_text: bool = False,
    ) -> None:
        self._what = what
        self._roots = roots
        self._id_pattern = id_pattern
        self._has_text = has_text

    def read(self, source: Source) -> Iterator[XmlRecord]:
        """The records of a file. Text between them goes to `source.problem`.

        Raises `CorpusError` for a file that is something else, and for one that breaks off.
        """
        with source.binary() as file:
            window = ByteWindow(file, source)
            head, root = self._begin(window, source)
            name = _local(root)
            tags = self._roots[name]
            if name not in tags:
                head.add(root[0])
                window.forget(root.end())
            starts = _starts(tuple(tags))
            while (tag := self._next(window, starts, head, source)) is not None:
                yield self._record(window, tag, head, source)
            self._check(window.data, window, source)
            end = b"</%s" % root[1]
            is_closed = name in tags or root[0].endswith(b"/>")
            if not is_closed and end not in window.data:
                raise source.error(f"the file breaks off before {end.decode()}>", window.line)

    def _begin(self, window: ByteWindow, source: Source) -> Tuple[_Head, Match[bytes]]:
        """Lets the window begin at the start tag of the root."""
        encoding = None if window.is_utf_16 else _ENCODING.match(window.data)
        declared: List[bytes] = []
        while True:
            prolog = _PROLOG.match(window.data)
            declared.extend(_DECLARED.findall(prolog[0]) if prolog else ())
            window.forget(prolog.end() if prolog else 0)
            is_cut = not window.data or window.data[:2] in (b"<?", b"<!")
            if not is_cut or not window.grow():
                break
        root = window.search(_START_TAG, 0) if window.data[:1] == b"<" else None
        if not window.data:
            raise source.error(f"not {self._what}: the file is empty")
        if window.data[257:262] == b"ustar":
            raise source.error(f"not {self._what} but a tar archive, which has to be unpacked")
        if root is None or root.start():
            found = quoted(window.data[:40].decode("utf-8", "replace"))
            raise source.error(f"not {self._what}, and no XML: it begins with {found}", window.line)
        if _local(root) not in self._roots:
            expected = " or ".join(f"<{name}>" for name in self._roots)
            reason = f"not {self._what}: its root is <{_local(root)}>, not {expected}"
            other = format_of_xml(_local(root))
            hint = f". The format {other!r} reads it" if other else ""
            raise source.error(reason + hint, window.line)
        if _NAMED.search(root[0]):
            raise source.error("XML entities are not read", window.line)
        return _Head(encoding[1] if encoding else b"utf-8", declared), root

    def _next(
        self, window: ByteWindow, starts: Pattern[bytes], head: _Head, source: Source
    ) -> Optional[bytes]:
        """Lets the window begin at the next record, and returns the record's name there."""
        position = 0
        while (found := window.search(starts, position)) is not None:
            if found[1] is None:
                position = window.end_of(b"-->", found.end())
                continue
            self._check(window.data[: found.start()], window, source)
            head.add(window.data[: found.start()])
            window.forget(found.start())
            return found[1]
        return None

    def _check(self, between: bytes, window: ByteWindow, source: Source) -> None:
        """Reports text between records, with which the window begins."""
        text = b"" if self._has_text else _MARKUP.sub(b" ", between).strip()
        if text:
            found = quoted(b" ".join(text.split()).decode("utf-8", "replace"))
            line = window.line + between[: between.find(text.split()[0])].count(b"\n")
            reason = "text that belongs to no record"
            source.problem(reason, found, line, self._id_of(between))

    def _id_of(self, content: bytes) -> Optional[str]:
        found = self._id_pattern.search(content)
        return found[1].decode("utf-8", "replace") if found else None

    def _record(self, window: ByteWindow, tag: bytes, head: _Head, source: Source) -> XmlRecord:
        """The record at which the window begins. Then the window begins behind it."""
        line, name = window.line, tag.rpartition(b":")[2].decode()
        start_tag = window.search(_START_TAG, 0)
        if start_tag is not None and not start_tag.start() and start_tag[0].endswith(b"/>"):
            end: Optional[int] = start_tag.end()
        else:
            end = self._end(window, tag)
        content = window.data[: end or len(window.data)]
        record_id = self._id_of(content)
        if end is None:
            raise source.error("the file breaks off in this record", line, record_id)
        window.forget(end)
        return XmlRecord(name, record_id, content, line, head)

    def _end(self, window: ByteWindow, tag: bytes) -> Optional[int]:
        """Where the record ends at which the window begins: behind its end tag, or where the next
        record of this name begins. `None` if the file ends before."""
        ends, position = _ends(tag), len(tag) + 1
        while (found := window.search(ends, position)) is not None:
            if found[0] == b"<!--":
                position = window.end_of(b"-->", found.end())
            elif found[0] == b"<![CDATA[":
                position = window.end_of(b"]]>", found.end())
            else:
                return window.end_of(b">", found.end()) if found[1] else found.start()
        return None


def _local(tag: Match[bytes]) -> str:
    return tag[1].rpartition(b":")[2].decode("utf-8", "replace")


@lru_cache
def _starts(names: Tuple[str, ...]) -> Pattern[bytes]:
    alternatives = b"|".join(name.encode() for name in names)
    return re.compile(rb"<(?:!--|((?:[\w.-]+:)?(?:%s))(?=[\s/>]))" % alternatives)


@lru_cache
def _ends(name: bytes) -> Pattern[bytes]:
    return re.compile(rb"<(?:!--|!\[CDATA\[|(/?)%s(?=[\s/>]))" % re.escape(name))
