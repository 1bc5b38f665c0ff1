"""Texts that are made of passages."""

from typing import Any, Dict, List, Optional, Tuple

from bio_ie.text.document import Passage


class PassageText:
    """A text that grows by one passage after the other."""

    def __init__(self) -> None:
        self._parts: List[str] = []
        self._length = 0
        self._passages: List[Passage] = []

    def add(
        self, type_: str, text: str, metadata: Optional[Dict[str, Any]] = None, before: str = "\n"
    ) -> None:
        """Adds a passage, unless its text is empty.

        # Parameters

        type_ : `str`
        text : `str`
        metadata : `Dict[str, Any]`, optional
            Values that are `None` or empty are left out.
        before : `str`, optional (default = `"\\n"`)
            What separates it from a passage before it.
        """
        if not text:
            return
        if self._passages:
            self._parts.append(before)
            self._length += len(before)
        start, end = self._length, self._length + len(text)
        held = {
            key: value for key, value in (metadata or {}).items() if value not in (None, "", [])
        }
        self._passages.append(Passage(type_, start, end, held or None))
        self._parts.append(text)
        self._length = end

    def parts(self) -> Tuple[str, Tuple[Passage, ...]]:
        """The text and its passages."""
        return "".join(self._parts), tuple(self._passages)
