"""The error for input that cannot be read."""

from typing import Any, Optional, Tuple


class CorpusError(ValueError):
    """Raised for input that cannot be read. The message names the reason and the file, the line or
    the document, as far as they are known."""

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


def quoted(text: Any, limit: int = 60) -> str:
    """`repr(text)`, shortened to fit into an error message."""
    result = repr(text)
    return result if len(result) <= limit else f"{result[: limit // 2]} ... {result[-limit // 3 :]}"
