"""The text of elements of XML, as their readers see it."""

import re
from typing import Any, Callable, List, Optional

_UNSEEN = re.compile(r"[\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Characters that show nothing and part words only for a display: soft hyphens, spaces of no width,
marks of direction, invisible operators of formulas. (Joiners are left: they are part of words.)"""

_TOKENS = ("mi", "mn", "mo", "ms", "mtext")
_NOT_SHOWN = ("annotation", "annotation-xml", "mphantom", "none", "mprescripts")
_WITH_SPACES = ("mtable", "mtr", "mlabeledtr")
_ON_THEIR_OWN = ("DispFormula", "disp-formula", "break")
"""Elements that are shown on a line of their own, or end a line."""

OfChild = Callable[[Any], Optional[str]]
"""What stands in a text for an element in it. `None`: the text of the element."""


def text_of(element: Any, of_child: Optional[OfChild] = None) -> str:
    """The text of an element on one line; empty for `None`.

    Markup is left out, without a space in its place (`m<sup>2</sup>` is `m2`) unless it begins a
    new line. A formula in MathML is its text, once. White space of any kind is one space, with none
    at the ends. Characters that show nothing are left out.
    """
    if element is None:
        return ""
    return one_line(raw_text(element, of_child) if len(element) else element.text or "")


def one_line(text: str) -> str:
    """A text with one space for all white space in a row, and without characters that show
    nothing."""
    seen = text if text.isascii() else _UNSEEN.sub("", text)
    return " ".join(seen.split())


def raw_text(element: Any, of_child: Optional[OfChild] = None) -> str:
    """The text of an element, with white space as it is."""
    parts: List[str] = []
    _collect(element, of_child, parts)
    return "".join(parts)


def _collect(element: Any, of_child: Optional[OfChild], parts: List[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        text = formula_text(child) if child.tag == "math" else None
        if text is None and of_child is not None:
            text = of_child(child)
        space = " " if child.tag in _ON_THEIR_OWN else ""
        parts.append(space)
        if text is None:
            _collect(child, of_child, parts)
        else:
            parts.append(text)
        parts.append(space + (child.tail or ""))


def formula_text(element: Any) -> str:
    """The text of a formula in MathML: what it shows, without annotations in other notations, and
    with a slash for the line of a fraction."""
    if element.tag in _NOT_SHOWN:
        return ""
    if element.tag in _TOKENS:
        return one_line("".join(element.itertext()))
    parts = [one_line(element.text or "")]
    for child in element:
        parts += [formula_text(child), one_line(child.tail or "")]
    between = "/" if element.tag == "mfrac" else " " if element.tag in _WITH_SPACES else ""
    return between.join(filter(None, parts))
