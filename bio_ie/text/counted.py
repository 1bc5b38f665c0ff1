"""Numbers of things, for messages that people read."""

from typing import Optional


def counted(number: int, singular: str, plural: Optional[str] = None) -> str:
    """`number` with the noun, or the phrase, that goes with it: "1 mention", "1,200 mentions".

    # Parameters

    number : `int`
    singular : `str`
    plural : `str`, optional
        By default `singular` with an "s".
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
