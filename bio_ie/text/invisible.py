"""Characters that nobody sees: they are part of no word."""

import re
from typing import List, Sequence

from bio_ie.text.document import Span

INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f"  # of no width, and marks of direction
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Ranges of a regular expression's set: control characters but white space, and those that Unicode
lets a display ignore (soft hyphens, joiners, marks of direction, variation selectors)."""

# Written out, because Python looks up a set with \s in it character by character.
WHITE_SPACE = "\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""What `\\s` matches, as ranges of a regular expression's set."""

_find_invisible = re.compile(f"[{INVISIBLE}]").search
_find_visible = re.compile(f"[^{WHITE_SPACE}{INVISIBLE}]").search
_end = re.compile(rf"[{WHITE_SPACE}{INVISIBLE}]*\Z").search


def is_visible(text: str) -> bool:
    """Whether a character of the text is neither invisible nor white space."""
    return _find_visible(text) is not None


def visible_spans(text: str, spans: Sequence[Span]) -> List[Span]:
    """The spans without what is invisible at their ends. Spans of white space and invisible
    characters alone are left out.

    # Parameters

    text : `str`
    spans : `Sequence[Span]`
        Offsets in the text.
    """
    visible = [(start, end) for start, end in spans if _find_visible(text, start, end)]
    if not visible or _find_invisible(text, visible[0][0], visible[-1][1]) is None:
        return visible
    return [_trimmed(text, start, end) for start, end in visible]


def _trimmed(text: str, start: int, end: int) -> Span:
    first, after = _find_visible(text, start, end), _end(text, start, end)
    return first.start(), after.start()  # type: ignore[union-attr]  # both are found
