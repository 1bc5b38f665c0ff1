"""Tells whether two strings are the same text in other characters, such as `TNF-α` and `TNF-a`."""

import html
import re
import unicodedata
from functools import lru_cache

_SPELLINGS = {
    "≥": (">=", ">/=", ">or=", ">"),
    "≤": ("<=", "</=", "<or=", "<"),
    "±": ("+/-", "+-"),
    "×": ("x", "*"),
    "→": ("->",),
    "·": (".", "*"),
    "•": (".", "*"),
    "″": ('"', "''"),
    '"': ("''",),
    "ß": ("ss",),
    "ø": ("o", "oe"),
    "ö": ("oe",),
    "ä": ("ae",),
    "ü": ("ue",),
    "å": ("aa",),
    "æ": ("ae",),
    "œ": ("oe",),
    "ł": ("l",),
    "đ": ("d",),
    "ı": ("i",),
    "®": ("", "(r)"),
    "©": ("", "(c)"),
    "μ": ("u", "micro"),
}
"""Spellings in ASCII of characters that Unicode does not take apart, in small letters."""

_GREEK = re.compile(r"GREEK (?:SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)$")
_LATIN_OF_GREEK = {
    "eta": "h", "theta": "q", "xi": "x", "phi": "f", "chi": "c", "psi": "y", "omega": "w",
}  # fmt: skip
"""Letters that stand for Greek ones in a symbol font, where they are not the first of the name."""

_QUOTES = frozenset("'`´‘’‚‛′ʹʼ")
_DOUBLE_QUOTES = frozenset('"“”„‟')
_UNKNOWN = "[?\ufffd]"
"""What programs write in place of a character that they do not have."""


def is_other_spelling(spelling: str, text: str) -> bool:
    """Whether `spelling` is `text` in other characters.

    Differences that do not count: Greek letters and their names or Latin letters, kinds of dashes,
    quotes and white space, zero-width characters, accents, ligatures and other forms of Unicode,
    XML entities, and `?` in place of a character outside ASCII. White space at an end counts:
    offsets that include it are not right.
    """
    plain, plain_text = _plain(spelling), _plain(text)
    if not plain or not plain_text:
        return False
    if any(spelling[end].isspace() != text[end].isspace() for end in (0, -1)):
        return False
    return bool(
        plain == plain_text
        or re.fullmatch(_pattern(plain_text), plain)
        or re.fullmatch(_pattern(plain), plain_text)
    )


@lru_cache(maxsize=1 << 12)
def _plain(text: str) -> str:
    """The text without the differences that one character can make alone."""
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", html.unescape(text))))


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "ZC":  # spaces, zero-width characters and control characters
        return ""
    if category == "Pd" or character in "−‐‑˗":
        return "-"
    if character in _QUOTES:
        return "'"
    if character in _DOUBLE_QUOTES:
        return '"'
    if character.lower() in _SPELLINGS:
        return character
    return "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)
    )


@lru_cache(maxsize=1 << 12)
def _pattern(plain: str) -> str:
    return "".join(map(_pattern_of_character, plain))


def _pattern_of_character(character: str) -> str:
    if character.isascii() and character not in _SPELLINGS:
        return re.escape(character)
    base = unicodedata.normalize("NFKD", character)[0]
    found = [*_SPELLINGS.get(character.lower(), ())]
    spellings = [character, base]
    greek = _GREEK.match(unicodedata.name(base, ""))
    if greek:
        name = greek[1].lower()
        found += [name[0], _LATIN_OF_GREEK.get(name, name[0])]
        spellings += [name, name.capitalize()]
    for spelling in found:
        spellings += [spelling.upper(), spelling.capitalize()] if base.isupper() else [spelling]
    # Each spelling once: with two equal ones, a text that does not match takes exponential time.
    return f"(?:{'|'.join(map(re.escape, dict.fromkeys(spellings)))}|{_UNKNOWN})"
