"""Arithmetic on logarithms of probabilities, which is exact for tiny ones and for ones near 1."""

from typing import Optional

import torch

from bio_ie.modules.segments import segment_max, segment_sum

_LN_2 = 0.6931471805599453


def log_complement(log_p: torch.Tensor, nearest: Optional[float] = None) -> torch.Tensor:
    """Computes `log(1 - p)` from `log p`, exactly for small and for large p.

    # Parameters

    log_p : `torch.Tensor`
        At most 0, apart from rounding errors; minus infinity is allowed.
    nearest : `float`, optional
        `log p` is kept at least this much below 0. Only the value changes; the gradient passes. By
        default it is the rounding error of a sum near 1, so that p = 1 has a large but finite loss
        and gradient.
    """
    nearest = torch.finfo(log_p.dtype).eps if nearest is None else nearest
    below = torch.where(log_p > -nearest, log_p - log_p.detach() - nearest, log_p)
    is_near = below > -_LN_2
    # Each formula is exact where it is chosen. Elsewhere it gets a harmless number, because an
    # infinite gradient would do harm even where the formula is not chosen.
    large = torch.log(-torch.expm1(below.masked_fill(~is_near, -1)))
    small = torch.log1p(-torch.exp(below.masked_fill(is_near, -1)))
    return torch.where(is_near, large, small)


def segment_logsumexp(
    values: torch.Tensor, index: torch.Tensor, num_segments: int, empty: float
) -> torch.Tensor:
    """Computes `log sum_i exp(v_i)` of each segment. An item of minus infinity adds nothing and
    gets no gradient. A segment without items, or with no others than these, gets `empty`.

    # Parameters

    values : `torch.Tensor`
        `[items, ...]`, single precision or more.
    index : `torch.Tensor`
        `[items]`, the segment of each item.
    num_segments : `int`
    empty : `float`
    """
    peak = segment_max(values.detach(), index, num_segments)
    # Minus infinity minus itself is NaN. With a finite peak such an item gets the weight 0 instead.
    peak = peak.masked_fill(peak == -torch.inf, 0)
    weights = torch.exp(values - peak.index_select(0, index))
    total = segment_sum(weights, index, num_segments)
    impossible = total == 0
    # Filled before the logarithm too, because the gradient of log at 0 is not finite.
    logarithm = torch.log(total.masked_fill(impossible, 1)) + peak
    return logarithm.masked_fill(impossible, empty)


def segment_log_softmax(
    values: torch.Tensor, index: torch.Tensor, num_segments: int
) -> torch.Tensor:
    """Computes `log softmax_i(v_i)` within each segment, `[items, ...]`."""
    total = segment_logsumexp(values, index, num_segments, empty=0.0)
    return values - total.index_select(0, index)
