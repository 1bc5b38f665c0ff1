"""Finds the spans of a text that have the same name, on the device."""

import torch

from bio_ie.modules.text_spans import TextSpans

_BASE = 6364136223846793005  # odd, so that it has an inverse modulo 2^64


def same_names(word_keys: torch.Tensor, spans: TextSpans) -> torch.Tensor:
    """Numbers the different names of the spans of a batch. Two spans have the same number if they
    are of the same text and have the same words.

    # Parameters

    word_keys : `torch.Tensor`
        `[B, N]`, int64, a hash of each word.
    spans : `TextSpans`
        `K` spans.

    # Returns

    `torch.Tensor`
        `[K]`, the number of each span's name, from 0.
    """
    # A polynomial hash in 64 bits, which overflow: prefix sums of words times powers of the base.
    num_words = word_keys.size(1)
    powers, inverses = (_powers(base, num_words, word_keys) for base in (_BASE, _inverse(_BASE)))
    prefix = torch.nn.functional.pad((word_keys * powers).cumsum(1), (1, 0))
    row, first, last = spans
    hashes = (prefix[row, last + 1] - prefix[row, first]) * inverses[first]
    # One number for each span, since rows of several numbers take twenty times as long to sort.
    row_key, width_key = _signed(_BASE * _BASE), _signed(_BASE**3)
    keys = hashes + row * row_key + (last - first) * width_key
    return torch.unique(keys, return_inverse=True)[1]


def _powers(base: int, number: int, like: torch.Tensor) -> torch.Tensor:
    """`[number]`, the powers 0, 1, ... of `base` modulo 2^64."""
    result = like.new_full((number,), _signed(base))
    result[0] = 1
    return result.cumprod(0)


def _inverse(odd: int) -> int:
    return pow(odd, -1, 1 << 64)


def _signed(value: int) -> int:
    """The int64 with the same 64 bits."""
    value %= 1 << 64
    return value - (1 << 64) if value >= 1 << 63 else value
