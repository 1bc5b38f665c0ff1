"""A file of which only a stretch is in memory, for readers that cut it by patterns."""

import codecs
import gzip
import zlib
from typing import IO, Match, Optional, Pattern

from bio_ie.files.source import Source

_BLOCK = 1 << 16
_LONGEST_TOKEN = 1 << 12
"""What patterns match is shorter, so that the end of a block does not hide it."""
_LONGEST_STRETCH = 200_000_000


class ByteWindow:
    """A stretch of a file, `data`, that begins in `line` and grows as far as is asked for.

    UTF-16 becomes UTF-8, and a byte-order mark is left out. What breaks off (gzip) can be read up
    to there; the error comes when more is asked for.

    # Parameters

    file : `IO[bytes]`
    source : `Source`
        For errors.
    """

    def __init__(self, file: IO[bytes], source: Source) -> None:
        self.data = b""
        self.line = 1
        self.is_utf_16 = False
        self._file = file
        self._source = source
        self._failure: Optional[Exception] = None
        self._decoder: Optional[codecs.IncrementalDecoder] = None
        self._begin()

    def _begin(self) -> None:
        self.grow()
        start = self.data[:2]
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<"):
            is_marked = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
            name = "utf-16" if is_marked else "utf-16-le" if start == b"<\0" else "utf-16-be"
            self._decoder = codecs.getincrementaldecoder(name)()
            self.is_utf_16 = True
            self.data = self._decoded(self.data)
        self.data = self.data.removeprefix(codecs.BOM_UTF8)

    def grow(self) -> bool:
        """Reads on. Returns whether there was anything to read. Raises what `Source.binary` turns
        into a `CorpusError`."""
        if self._failure is not None:
            raise self._failure
        parts = []
        # Large stretches grow by large steps, so that the time does not grow with their square.
        wanted = max(_BLOCK, len(self.data) // 2)
        try:
            while wanted > 0 and (part := self._file.read1(wanted)):  # type: ignore[attr-defined]
                parts.append(part)
                wanted -= len(part)
        except (OSError, EOFError, gzip.BadGzipFile, zlib.error) as error:
            self._failure = error
            if not parts:
                raise
        content = b"".join(parts)
        self.data += content if self._decoder is None else self._decoded(content)
        if len(self.data) > _LONGEST_STRETCH:
            raise self._source.error("a record is longer than 200 MB", self.line)
        return bool(parts)

    def _decoded(self, content: bytes) -> bytes:
        assert self._decoder is not None
        try:
            return self._decoder.decode(content, final=not content).encode()
        except UnicodeDecodeError as error:
            raise self._source.error(f"not valid UTF-16: {error.reason}", self.line) from error

    def search(self, pattern: Pattern[bytes], start: int) -> Optional[Match[bytes]]:
        """The first match that begins at `start` or behind it, however far away. `None` if there is
        none in all of the file."""
        while True:
            match = pattern.search(self.data, start)
            if match is not None and match.end() < len(self.data):
                return match
            again = match.start() if match else len(self.data) - _LONGEST_TOKEN
            if not self.grow():
                return match
            start = max(start, again)

    def end_of(self, what: bytes, start: int) -> int:
        """Where the first `what` behind `start` ends, or the end of the file."""
        while (found := self.data.find(what, start)) < 0:
            again = len(self.data) - len(what)
            if not self.grow():
                return len(self.data)
            start = max(start, again)
        return found + len(what)

    def forget(self, end: int) -> None:
        """Lets the window begin at `end`."""
        self.line += self.data.count(b"\n", 0, end)
        self.data = self.data[end:]
