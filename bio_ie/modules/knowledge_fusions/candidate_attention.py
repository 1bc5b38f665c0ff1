"""Attention of spans to their candidate concepts, or to none of them."""

from typing import NamedTuple, Optional

import torch
from torch_geometric.utils import scatter, softmax

from bio_ie.modules.precision import at_least_single


class Fused(NamedTuple):
    """Vectors with knowledge, and where it came from."""

    vectors: torch.Tensor
    """Of the shape of what was fused."""
    link_weights: Optional[torch.Tensor]
    """`[P]`, how much of each link went into its span, single precision at least, or none where
    there was no attention to links."""
    sentinel_weights: Optional[torch.Tensor]
    """`[N]`, how much of each span came from no concept; with its link weights 1 in sum."""


def attend_to_candidates(
    candidates: torch.Tensor,
    candidate_scores: torch.Tensor,
    sentinels: torch.Tensor,
    sentinel_scores: torch.Tensor,
    links: torch.Tensor,
) -> Fused:
    """One vector per span: its candidates and its sentinel, weighted by the softmax of their scores
    (equation 8 of Lai et al. 2021).

    # Parameters

    candidates : `torch.Tensor`
        `[C, d]`, the vectors of concepts.
    candidate_scores : `torch.Tensor`
        `[P]`, of each link.
    sentinels : `torch.Tensor`
        `[N, d]`, the vectors that stand for no concept.
    sentinel_scores : `torch.Tensor`
        `[N]`.
    links : `torch.Tensor`
        `[P, 2]`, span and concept.
    """
    num_links, num_spans = len(links), len(sentinels)
    span, concept = links.unbind(1)
    every_span = torch.arange(num_spans, device=links.device)
    owner = torch.cat([span, every_span])
    scores = torch.cat([candidate_scores, sentinel_scores])
    scores = at_least_single(scores)
    weights = softmax(scores, owner, num_nodes=num_spans)
    link_weights, sentinel_weights = weights.split([num_links, num_spans])
    linked = link_weights.unsqueeze(1) * candidates.index_select(0, concept)
    vectors = scatter(linked, span, dim=0, dim_size=num_spans, reduce="sum")
    vectors = vectors + sentinel_weights.unsqueeze(1) * sentinels
    return Fused(vectors, link_weights, sentinel_weights)
