"""An input file that keeps track of the current line, so that errors can name it."""

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
from bio_ie.files.unique_ids import UniqueIds

logger = logging.getLogger(__name__)


class Source:
    """Reads one input file and keeps track of the current line, so that errors can name it.

    # Parameters

    path : `Path`
        The local file.
    name : `str`
        The name of the file in errors: the one that the user gave.
    on_error : `str`
        `"raise"` or `"skip"`.
    report : `CorpusReport`
        If it has an `on_unread`, `on_error` is always `"skip"`.
    ids : `UniqueIds`, optional
        The document ids of the corpus that the file is part of. Default: those of the file alone.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        on_error: str,
        report: CorpusReport,
        ids: Optional[UniqueIds] = None,
    ) -> None:
        self.path = path
        self.name = name
        self.on_error = "skip" if report.on_unread is not None else on_error
        self.report = report
        self.ids = UniqueIds(name) if ids is None else ids
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
        """Reports an item that cannot be read.

        Raises `CorpusError`. With `on_error: "skip"` it instead counts the item as lost and
        returns, so that the parser can go on without it.

        `reason` is a phrase without particulars, because losses are counted by reason. `detail` has
        the particulars.
        """
        error = self.error(f"{reason}: {detail}" if detail else reason, line, document_id)
        if self.on_error == "raise":
            raise error
        self.report.lose_input(reason, error)
        logger.debug("skipped: %s", error)

    @contextlib.contextmanager
    def binary(self, path: Optional[Path] = None) -> Iterator[IO[bytes]]:
        """Opens the file (or a companion `path`) as bytes, and decompresses gzip.

        Errors while reading it (truncated gzip, bad UTF-8) become a `CorpusError`.
        """
        try:
            with open_binary(path or self.path) as file:
                self.report.file = file
                yield file
        except UnicodeDecodeError as error:
            place = f"byte {error.start}" + (" of the line" if self.line else "")
            raise self.error(f"not valid UTF-8: {error.reason} at {place}") from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise self.error(f"broken gzip file: {error}") from error
        except OSError as error:
            raise self.error(f"cannot be read: {error.strerror or error}") from error

    def lines(self, path: Optional[Path] = None, errors: str = "strict") -> Iterator[str]:
        """The lines without their ends (`\\n` or `\\r\\n`) and without a byte-order mark.

        `self.line` is the number of the current line. `errors` is passed on to `bytes.decode`.
        """
        self.line = None
        with self.binary(path) as file:
            # Decoded line by line: a text file decodes ahead, so its errors cannot name a line.
            for number, line in enumerate(file, 1):
                self.line = number
                if number == 1:
                    line = line.removeprefix(codecs.BOM_UTF8)
                yield line.decode("utf-8", errors).removesuffix("\n").removesuffix("\r")
        self.line = None

    def text(self, path: Optional[Path] = None, encoding: str = "utf-8-sig") -> str:
        """The whole file as text. The default encoding drops a byte-order mark."""
        with self.binary(path) as file:
            return file.read().decode(encoding)

    def json(self) -> Any:
        """The whole file, parsed as one JSON value."""
        content = self.text()
        try:
            return parse_json(content)
        except ValueError as error:
            line = getattr(error, "lineno", None)
            raise self.error(f"not valid JSON: {error}", line) from error


def open_binary(path: Path) -> IO[bytes]:
    """Opens a file as bytes and decompresses gzip, which is recognised by its content rather than
    the file's name, because `cached_path` drops the ending of a URL."""
    file = open(path, "rb")  # noqa: SIM115 - the caller closes it
    if file.peek(2)[:2] != b"\x1f\x8b":  # a pipe cannot be opened twice
        return file
    decompressed = gzip.GzipFile(fileobj=file)
    decompressed.myfileobj = file  # type: ignore[assignment] # closed with it
    return decompressed  # type: ignore[return-value]
