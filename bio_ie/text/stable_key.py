"""A number for a string that is the same on every machine and in every run."""

import hashlib


def stable_key(text: str) -> int:
    """The first 64 bits of the string's BLAKE2b hash, as an int64.

    Concept ids and words reach a model as such numbers. The probability that any two of a million
    strings share a number is 3e-8.
    """
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
