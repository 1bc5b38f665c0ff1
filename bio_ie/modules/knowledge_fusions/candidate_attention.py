"""Attention of spans to their candidate concepts, or to none of them."""

from typing import NamedTuple, Optional

import torch

from bio_ie.modules.precision import at_least_single
from bio_ie.modules.segments import segment_softmax, segment_sum


class Fused(NamedTuple):
    """Vectors after fusion with knowledge, and the weights of the links that were fused."""

    vectors: torch.Tensor
    """The fused vectors, in the shape of the vectors that they replace."""
    link_weights: Optional[torch.Tensor]
    """`[P]`, the weight of each link in its span, in single precision at least. `None` where there
    was no attention to links."""
    sentinel_weights: Optional[torch.Tensor]
    """`[N]`, the weight of "no concept" in each span. It and the span's link weights sum to 1."""


def attend_to_candidates(
    candidates: torch.Tensor,
    candidate_scores: torch.Tensor,
    sentinels: torch.Tensor,
    sentinel_scores: torch.Tensor,
    links: torch.Tensor,
) -> Fused:
    """Gives each span one vector: the sum of its candidates and its sentinel, weighted by the
    softmax of their scores (equation 8 of Lai et al. 2021).

    # Parameters

    candidates : `torch.Tensor`
        `[C, d]`, the vectors of concepts.
    candidate_scores : `torch.Tensor`
        `[P]`, the score of each link.
    sentinels : `torch.Tensor`
        `[N, d]`, the vectors that stand for no concept.
    sentinel_scores : `torch.Tensor`
        `[N]`, the score of each span's sentinel.
    links : `torch.Tensor`
        `[P, 2]`, the span and the concept of each link.
    """
    num_links, num_spans = len(links), len(sentinels)
    span, concept = links.unbind(1)
    every_span = torch.arange(num_spans, device=links.device)
    owner = torch.cat([span, every_span])
    scores = torch.cat([candidate_scores, sentinel_scores])
    scores = at_least_single(scores)
    weights = segment_softmax(scores, owner, num_spans)
    link_weights, sentinel_weights = weights.split([num_links, num_spans])
    linked = link_weights.unsqueeze(1) * candidates.index_select(0, concept)
    vectors = segment_sum(linked, span, num_spans)
    vectors = vectors + sentinel_weights.unsqueeze(1) * sentinels
    return Fused(vectors, link_weights, sentinel_weights)
