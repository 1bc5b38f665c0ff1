"""One number for a span of words, so that a pair of spans is a pair of numbers."""

from typing import TypeVar

import torch

Number = TypeVar("Number", int, torch.Tensor)


def span_position(first: Number, last: Number, max_span_width: int) -> Number:
    """The place of the span from `first` to `last` in a table of all first words by all widths."""
    return first * max_span_width + (last - first)
