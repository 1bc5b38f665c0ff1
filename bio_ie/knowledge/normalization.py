"""The normal form of names: two names are the same if their normal forms are equal."""

import re
import unicodedata

_FOLDED = re.compile(r"[\W_]+")


def normalize_name(text: str) -> str:
    """The normal form of a name, in which names are compared.

    It is in lower case, every run of punctuation and white space is one space, and accents and
    compatibility forms (`ﬁ`, `²`) are resolved. Normalising a name twice changes nothing.

    A name of punctuation alone becomes `""`, for which no concept is found.
    """
    return fold_name(text).strip()


def fold_name(text: str) -> str:
    """The normal form of a part of a name. It may begin and end with a space, which neighbouring
    parts have in common. Each character is folded by itself, but for capital sigma, whose lower
    case depends on its neighbours."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.lower())
        text = "".join(filter(_is_no_mark, decomposed))
    text = text.lower()
    return text if text.isalnum() and text.isascii() else _FOLDED.sub(" ", text)


def _is_no_mark(character: str) -> bool:
    return not unicodedata.combining(character)
