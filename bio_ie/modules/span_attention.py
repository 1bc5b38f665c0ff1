"""Attention over the tokens of spans, for any number of spans at once (Lee et al. 2017)."""

from typing import NamedTuple

import torch

from bio_ie.modules.precision import at_least_single
from bio_ie.modules.ragged import ranges
from bio_ie.modules.segments import segment_softmax


class SpanTokens(NamedTuple):
    """The tokens of all spans, one span after the other. `items` is the sum of the widths."""

    span: torch.Tensor
    """`[items]`, the span that a token is in, ascending."""
    token: torch.Tensor
    """`[items]`, the token, ascending within a span."""
    weight: torch.Tensor
    """`[items]`, positive, in single precision at least. The weights of a span sum to 1."""


def span_tokens(scores: torch.Tensor, first: torch.Tensor, width: torch.Tensor) -> SpanTokens:
    """The tokens of each span, weighted by the softmax of their scores within it.

    # Parameters

    scores : `torch.Tensor`
        `[T]`, one for each token. A token has the same score in every span.
    first, width : `torch.Tensor`
        `[N]`, the first token and the number of tokens (at least 1) of each span.
    """
    span, place = ranges(width)
    token = first[span] + place
    scores = at_least_single(scores)
    weight = segment_softmax(scores.index_select(0, token), span, len(width))
    return SpanTokens(span, token, weight)
