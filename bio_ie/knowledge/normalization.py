"""The form in which names are compared: what differs in it is another name."""

import re
import unicodedata

_FOLDED = re.compile(r"[\W_]+")


def normalize_name(text: str) -> str:
    """Lower case; every run of punctuation and whitespace is one space; accents and compatibility
    forms (`ﬁ`, `²`) are resolved. The result of the result is the same again.

    A name of punctuation alone becomes `""`, under which nothing is found.
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.lower())
        text = "".join(filter(_is_no_mark, decomposed))
    return _FOLDED.sub(" ", text.lower()).strip()


def _is_no_mark(character: str) -> bool:
    return not unicodedata.combining(character)
