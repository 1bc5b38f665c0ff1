"""Makes text of unknown origin safe for HTML, so that it is shown and never interpreted."""

import html
import sys
from typing import Dict


def _replacements() -> Dict[int, str]:
    """A visible character for each character that an HTML parser or UTF-8 would drop, change or
    refuse, so that no character of a text is missing on the page."""
    table = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"}
    table[0x7F] = "\u2421"
    for unshowable in (range(0x80, 0xA0), range(0xD800, 0xE000), range(0xFDD0, 0xFDF0)):
        table.update(dict.fromkeys(unshowable, "\ufffd"))
    for plane_end in range(0xFFFF, sys.maxunicode + 1, 0x10000):
        table.update(dict.fromkeys((plane_end - 1, plane_end), "\ufffd"))
    return table


_REPLACEMENTS = _replacements()


def escape(text: str) -> str:
    """Escapes `text` for HTML content and for quoted attribute values.

    HTML's special characters are escaped. Control characters are replaced by the Unicode symbols
    for them (`\\0` -> `␀`), and lone surrogates and noncharacters by `\\ufffd`.
    """
    return html.escape(text.translate(_REPLACEMENTS), quote=True)
