"""Hashes of texts, from which the hash of two texts one after the other follows."""

from functools import lru_cache
from typing import Tuple

MODULUS = 4_000_000_007
"""A prime below 2 ** 32, so that the product of two hashes has 64 bits. In a round number or one
near 2 ** 32, letters that are four apart could make up for each other."""


def text_hash(text: str) -> int:
    """The bytes of a text as one large number, modulo `MODULUS`."""
    return int.from_bytes(text.encode("utf-8", "surrogatepass"), "big") % MODULUS


def hash_and_shift(text: str) -> Tuple[int, int]:
    """The hash of a text, and what it shifts the hash of a text before it by:

        text_hash(first + second) == (text_hash(first) * shift + hash) % MODULUS

    with the hash and the shift of `second`.
    """
    content = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(content, "big") % MODULUS, _shift(len(content))


@lru_cache(maxsize=1 << 10)
def _shift(num_bytes: int) -> int:
    return pow(256, num_bytes, MODULUS)
