"""Plain text without annotations, for prediction."""

import codecs
import re
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.files.bad_items import skippable
from bio_ie.files.other_content import other_content
from bio_ie.files.source import Source
from bio_ie.text.document import Document

_BEGINNING = 1 << 16
"""The number of bytes by which a file is judged."""


@CorpusFormat.register("text")
class TextFormat(CorpusFormat):
    """Reads plain text files.

    Registered as a `CorpusFormat` with name "text". The id of a document is the name of its file
    without the ending. If it is only a part of the file, its id ends with the number of its first
    line: `notes:7`.

    # Parameters

    unit : `str`, optional (default = `"file"`)
        The part of a file that becomes a document: `"file"` (the text is kept as it is), `"line"`,
        or `"paragraph"` (the lines up to a blank line). Blank lines do not become documents.
    any_content : `bool`, optional (default = `False`)
        Whether files are read that seem to be XML, JSON, columns (CoNLL) or annotations. By default
        they are an error, because tags and keys would become words.
    on_error : `str`, optional (default = `"raise"`)
    """

    def __init__(
        self, unit: str = "file", any_content: bool = False, on_error: str = "raise"
    ) -> None:
        super().__init__(on_error)
        self._any_content = any_content
        if unit not in ("file", "line", "paragraph"):
            raise ConfigurationError(f"unit must be 'file', 'line' or 'paragraph', not {unit!r}")
        self._unit = unit

    def _read(self, source: Source) -> Iterator[Document]:
        name = re.sub(r"(\.txt)?(\.gz)?$", "", Path(source.name).name)
        if not self._any_content:
            _check(source)
        if self._unit == "file":
            text = ""
            with skippable(source, name):
                text = source.text()
            if text.strip():
                yield Document(name, text)
            return
        for line, text in self._parts(source):
            yield Document(f"{name}:{line}", text)

    def _parts(self, source: Source) -> Iterator[Tuple[int, str]]:
        first: Optional[int] = None
        lines: List[str] = []
        for number, line in enumerate(source.lines(), 1):
            if line.strip():
                first = first or number
                lines.append(line)
            if lines and (self._unit == "line" or not line.strip()):
                yield first or number, "\n".join(lines)
                first, lines = None, []
        if lines:
            yield first or 1, "\n".join(lines)


def _check(source: Source) -> None:
    """Raises `CorpusError` for a file that is not plain text."""
    with source.binary() as file:
        try:
            beginning = codecs.getincrementaldecoder("utf-8-sig")().decode(file.read(_BEGINNING))
        except UnicodeDecodeError:
            return  # reading the text will say so
    kind = other_content(source.name, beginning)
    if kind is not None:
        raise source.error(
            f"not plain text: it seems to be {kind}. Give the format of the file, or set "
            "'any_content' to read it as text all the same"
        )
