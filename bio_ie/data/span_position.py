"""Spans of words as single numbers, so that a pair of spans is a pair of numbers."""

from typing import Tuple, TypeVar

import torch

Number = TypeVar("Number", int, torch.Tensor)

MAX_WORDS = 1 << 16
"""A text must have fewer words than this for its spans to have different numbers."""


def span_position(first: Number, last: Number) -> Number:
    """The number of the span from word `first` to word `last`."""
    return first * MAX_WORDS + last


def span_words(position: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    """The first and last words of the spans with these numbers."""
    return position // MAX_WORDS, position % MAX_WORDS
