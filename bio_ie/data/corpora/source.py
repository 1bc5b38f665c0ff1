"""An input file while it is read, the errors that name a place in it, and the count of losses."""

import codecs
import contextlib
import gzip
import json
import logging
import math
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Callable, Collection, Dict, Iterator, List, Optional, Tuple

from bio_ie.data.document import Document

logger = logging.getLogger(__name__)


class CorpusError(ValueError):
    """Input that cannot be read: the message names file, line or document, and reason."""

    def __init__(
        self,
        reason: str,
        path: Optional[str] = None,
        line: Optional[int] = None,
        document_id: Optional[str] = None,
    ) -> None:
        place = ":".join(str(part) for part in (path, line) if part is not None)
        parts = [place] if place else []
        if document_id is not None:
            parts.append(f"document {document_id!r}")
        super().__init__(": ".join([*parts, reason]))
        self.reason = reason
        self.path = path
        self.line = line
        self.document_id = document_id

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.reason, self.path, self.line, self.document_id)


@dataclass
class CorpusReport:
    """What was read or written, and what was lost on the way, by reason.

    What a format leaves out because its settings say so is no loss: it is counted in `noted`.

    # Parameters

    on_unread : `Callable[[CorpusError], None]`, optional
        For who has to account for every document, such as prediction. It is given the error of
        each document of which nothing could be read, and of each stretch of a file that is no
        known document's, before the next document comes. Nothing in a file is raised then,
        whatever the format's `on_error`.
    """

    documents: int = 0
    mentions: int = 0
    relations: int = 0
    facts: int = 0
    lost: "Counter[str]" = field(default_factory=Counter)
    examples: Dict[str, str] = field(default_factory=dict)
    noted: "Counter[str]" = field(default_factory=Counter)
    on_unread: Optional[Callable[[CorpusError], None]] = field(default=None, repr=False)
    _problems: List[CorpusError] = field(default_factory=list, init=False, repr=False)
    _last_read: Optional[str] = field(default=None, init=False, repr=False)

    def add(self, document: Document) -> None:
        self.documents += 1
        self.mentions += len(document.mentions)
        self.relations += len(document.relations)
        self.facts += len(document.facts)

    def lose(self, reason: str, example: str = "", count: int = 1) -> None:
        """Counts `count` losses for `reason` (a phrase without particulars) and keeps the first
        `example`, which holds the particulars."""
        if count:
            self.lost[reason] += count
            self.examples.setdefault(reason, example)

    def lose_input(self, reason: str, error: CorpusError) -> None:
        """Counts a loss while reading, and keeps its error until `settle` if that is wanted."""
        self.lose(reason, str(error))
        if self.on_unread is not None:
            self._problems.append(error)

    def add_losses(self, other: "CorpusReport") -> None:
        """Adds what another report counted as lost and noted."""
        self.lost.update(other.lost)
        self.noted.update(other.noted)
        for reason, example in other.examples.items():
            self.examples.setdefault(reason, example)

    def note_lines(self) -> List[str]:
        """What is noted, as lines to read."""
        return [f"  {count:,} {what}" for what, count in self.noted.most_common() if count]

    def settle(self, document_id: Optional[str] = None) -> None:
        """To be called for each document that was read, and without one at the end of a file.
        Problems of that document, or of the one before, cost it annotations only; of any other,
        the first is given to `on_unread`."""
        if self.on_unread is None:
            return
        problems, self._problems = self._problems, []
        known = {document_id, self._last_read}
        for error in problems:
            if error.document_id is None or error.document_id not in known:
                known.add(error.document_id)
                self.on_unread(error)
        self._last_read = document_id

    def lose_fields(self, document: Document, *names: str) -> None:
        """Counts what `document` has in fields that a format has no place for.

        # Parameters

        names : `str`
            A field of `Document` (`"sentences"`), or of its items (`"mention.score"`).
        """
        example = f"document {document.id!r}"
        for name in names:
            layer, _, part = name.partition(".")
            if not part:
                count = len(getattr(document, layer))
                self.lose(f"{layer} cannot be written", example, count)
                continue
            values = (getattr(item, part) for item in getattr(document, layer + "s"))
            count = sum(value is not None and value != () for value in values)
            self.lose(f"{part} of a {layer} cannot be written", example, count)

    def lose_metadata(self, document: Document, /, **held: Collection[str]) -> None:
        """Counts the metadata that a format has no place for. `held` names, by `document`,
        `passage`, `mention`, `relation` and `fact`, the keys it does hold."""
        example = f"document {document.id!r}"
        for kind in ("document", "passage", "mention", "relation", "fact"):
            items = (document,) if kind == "document" else getattr(document, kind + "s")
            known = frozenset(held.get(kind, ()))
            count = sum(not known.issuperset(item.metadata or ()) for item in items)
            self.lose(f"metadata of a {kind} cannot be written", example, count)

    def __str__(self) -> str:
        counts = ", ".join(
            f"{getattr(self, name):,} {name}"
            for name in ("documents", "mentions", "relations", "facts")
        )
        lines = [counts]
        for reason, count in self.lost.most_common():
            example = self.examples.get(reason, "")
            lines.append(
                f"  lost {count:,}: {reason}" + (f" (first: {example})" if example else "")
            )
        return "\n".join([*lines, *self.note_lines()])


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


def quoted(text: Any, limit: int = 60) -> str:
    """`repr`, cut to a length that an error message bears."""
    result = repr(text)
    return result if len(result) <= limit else f"{result[: limit // 2]} ... {result[-limit // 3 :]}"


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):  # it would be written as Infinity, which is no JSON
        raise ValueError(f"{quoted(number)} is too large a number")
    return value


def open_binary(path: Path) -> IO[bytes]:
    """By content rather than by name: `cached_path` drops the ending of a URL."""
    with open(path, "rb") as file:
        magic = file.read(2)
    return gzip.open(path, "rb") if magic == b"\x1f\x8b" else open(path, "rb")  # type: ignore[return-value]
