"""An input file while it is read: it knows where the parser is, so that errors can say so."""

import codecs
import contextlib
import gzip
import logging
import zlib
from pathlib import Path
from typing import IO, Any, Iterator, Optional

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.strict_json import parse_json

logger = logging.getLogger(__name__)


class Source:
    """One input file while it is read: knows where the parser is, so that errors can say it.

    # Parameters

    path : `Path`
        The local file.
    name : `str`
        What the user called it; used in errors.
    on_error : `str`
        `"raise"` or `"skip"`.
    report : `CorpusReport`
        With an `on_unread`, `on_error` is `"skip"`.
    """

    def __init__(self, path: Path, name: str, on_error: str, report: CorpusReport) -> None:
        self.path = path
        self.name = name
        self.on_error = "skip" if report.on_unread is not None else on_error
        self.report = report
        self.line: Optional[int] = None

    def error(
        self, reason: str, line: Optional[int] = None, document_id: Optional[str] = None
    ) -> CorpusError:
        return CorpusError(reason, self.name, self.line if line is None else line, document_id)

    def problem(
        self,
        reason: str,
        detail: str = "",
        line: Optional[int] = None,
        document_id: Optional[str] = None,
    ) -> None:
        """An item that cannot be read. Raises, or under `on_error: "skip"` counts it as lost and
        returns, so that the parser goes on without it.

        `reason` is a phrase without particulars (losses are counted by it), `detail` has them.
        """
        error = self.error(f"{reason}: {detail}" if detail else reason, line, document_id)
        if self.on_error == "raise":
            raise error
        self.report.lose_input(reason, error)
        logger.debug("skipped: %s", error)

    @contextlib.contextmanager
    def binary(self, path: Optional[Path] = None) -> Iterator[IO[bytes]]:
        """The file (or a companion `path`) as bytes; gzip is decompressed. What goes wrong
        underneath (truncated gzip, bad UTF-8) becomes a `CorpusError`."""
        try:
            with open_binary(path or self.path) as file:
                yield file
        except UnicodeDecodeError as error:
            place = f"byte {error.start}" + (" of the line" if self.line else "")
            raise self.error(f"not valid UTF-8: {error.reason} at {place}") from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise self.error(f"broken gzip file: {error}") from error
        except OSError as error:
            raise self.error(f"cannot be read: {error.strerror or error}") from error

    def lines(self, path: Optional[Path] = None, errors: str = "strict") -> Iterator[str]:
        """The lines without their ends (`\\n` or `\\r\\n`) and without a byte-order mark;
        `self.line` is the current number. `errors` is that of `bytes.decode`."""
        self.line = None
        with self.binary(path) as file:
            # Decoded line by line: a text file decodes ahead, and its errors name no place.
            for number, line in enumerate(file, 1):
                self.line = number
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                yield line.decode("utf-8", errors).removesuffix("\n").removesuffix("\r")
        self.line = None

    def text(self, path: Optional[Path] = None, encoding: str = "utf-8-sig") -> str:
        """The whole file. The default encoding drops a byte-order mark."""
        with self.binary(path) as file:
            return file.read().decode(encoding)

    def json(self) -> Any:
        """The whole file as JSON. Does not stream."""
        content = self.text()
        try:
            return parse_json(content)
        except ValueError as error:
            line = getattr(error, "lineno", None)
            raise self.error(f"not valid JSON: {error}", line) from error


def open_binary(path: Path) -> IO[bytes]:
    """By content rather than by name: `cached_path` drops the ending of a URL."""
    with open(path, "rb") as file:
        magic = file.read(2)
    return gzip.open(path, "rb") if magic == b"\x1f\x8b" else open(path, "rb")  # type: ignore[return-value]
