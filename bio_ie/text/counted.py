"""Counts with their nouns, for messages that people read."""

from collections import Counter
from typing import Iterator, Optional, Tuple


def counted(number: int, singular: str, plural: Optional[str] = None) -> str:
    """The number followed by its noun (or phrase), in the singular or the plural.

    For example "1 mention" or "1,200 mentions".

    # Parameters

    number : `int`
    singular : `str`
    plural : `str`, optional
        By default `singular` with an "s".
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


class Phrase(str):
    """What is counted, as words that stand behind a number: "mentions hold no word". A phrase is a
    string, so it can be a key of a `Counter`.

    # Parameters

    many : `str`
        The words behind any number but one.
    one : `str`
        The words behind "1": "mention holds no word".
    """

    one: str

    def __new__(cls, many: str, one: str) -> "Phrase":
        phrase = super().__new__(cls, many)
        phrase.one = one
        return phrase

    def __getnewargs__(self) -> Tuple[str, str]:  # type: ignore[override]
        # For pickle and copy, which would otherwise pass only the string to `__new__`.
        return str(self), self.one


def counted_lines(counts: "Counter[Phrase]") -> Iterator[str]:
    """One line for each phrase with a positive number, the highest first: "1 mention holds no
    word"."""
    for phrase, count in (+counts).most_common():
        yield counted(count, phrase.one, phrase)
