"""Numbers for strings, the same on every machine and in every run."""

import hashlib


def stable_key(text: str) -> int:
    """The first 64 bits of the string's BLAKE2b hash, as an int64.

    Models get concept ids and words as such numbers. The probability that any two of a million
    strings have the same number is 3e-8.
    """
    digest = hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
