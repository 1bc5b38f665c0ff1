"""Sums, means, maxima and softmax over segments: groups of items of different sizes.

In all functions, `values` is `[n, ...]` and `index` `[n]` the segment of each item, in any order.
They give the same numbers as torch-geometric's `scatter` and `softmax`, which cannot be imported
without all of that library. That takes seconds, and most models have no graph.
"""

import torch


def segment_sum(values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
    """The sum of each segment, `[num_segments, ...]`; 0 if the segment is empty."""
    zeros = values.new_zeros(num_segments, *values.shape[1:])
    return zeros.scatter_add(0, _like(index, values), values)


def segment_mean(values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
    """The mean of each segment, `[num_segments, ...]`; 0 if the segment is empty."""
    # `scatter_reduce` can compute the mean too, but its gradient takes 70 times as long.
    sums = segment_sum(values, index, num_segments)
    counts = segment_sum(values.new_ones(len(values)), index, num_segments)
    return sums / _like(counts.clamp(min=1), sums)


def segment_max(values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
    """The maximum of each segment, `[num_segments, ...]`; 0 if the segment is empty."""
    zeros = values.new_zeros(num_segments, *values.shape[1:])
    return zeros.scatter_reduce(0, _like(index, values), values, "amax", include_self=False)


def segment_softmax(values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
    """The weight of each item in its segment, `[n, ...]`. The weights of a segment add up to 1."""
    peak = segment_max(values.detach(), index, num_segments)
    weights = torch.exp(values - peak.index_select(0, index))
    return weights / segment_sum(weights, index, num_segments).index_select(0, index)


def _like(vector: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """A vector with the shape of `values`, whose first dimension it has."""
    return vector.view(-1, *[1] * (values.dim() - 1)).expand_as(values)
