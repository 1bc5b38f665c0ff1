from typing import List

import torch
from allennlp.common import Lazy

from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.knowledge_fusions.candidate_attention import Fused, attend_to_candidates
from bio_ie.modules.knowledge_fusions.knowledge_fusion import KnowledgeFusion
from bio_ie.modules.pair_scorers import PairScorer


@KnowledgeFusion.register("sentinel_attention")
class SentinelAttention(KnowledgeFusion):
    """
    Replaces each span vector h_i by a weighted sum of its candidate concepts and of a sentinel,
    which stands for the span's own context (equations 6 to 8 of Lai et al. 2021). With concept
    vectors `n_j = FFNN(v_j)`, projected to the size of a span,

        c_i = FFNN_s(h_i)
        a_ij = FFNN_c([h_i; n_j]),  a_i = FFNN_c([h_i; c_i])
        f_i = (exp(a_i) c_i + sum_j exp(a_ij) n_j) / (exp(a_i) + sum_j exp(a_ij))

    where j runs over the span's own candidates. A span without candidates becomes its sentinel.

    Registered as a `KnowledgeFusion` with name "sentinel_attention".

    # Parameters

    token_dim, span_dim, concept_dim : `int`
        Given by the model; see `KnowledgeFusion`.
    scorer : `PairScorer`
        FFNN_c, which scores pairs of a span and a concept or sentinel. In the paper it is an `mlp`.
    hidden_dims : `List[int]`
        The hidden layers of FFNN_s and of the concepts' projection.
    dropout : `float`, optional (default = `0.0`)
        The dropout in those hidden layers.
    """

    fuses_spans = True

    def __init__(
        self,
        token_dim: int,
        span_dim: int,
        concept_dim: int,
        scorer: Lazy[PairScorer],
        hidden_dims: List[int],
        dropout: float = 0.0,
    ) -> None:
        super().__init__(token_dim, span_dim, concept_dim)
        self.concept_projection = ffnn(concept_dim, hidden_dims, span_dim, dropout)
        self.sentinel = ffnn(span_dim, hidden_dims, span_dim, dropout)  # FFNN_s
        self.scorer = scorer.construct(head_dim=span_dim, tail_dim=span_dim, num_labels=1)

    def fuse_spans(self, spans: torch.Tensor, concepts: torch.Tensor, links: torch.Tensor) -> Fused:
        candidates = self.concept_projection(concepts)  # n
        sentinels = self.sentinel(spans)  # c
        num_concepts, num_links = len(candidates), len(links)
        span, concept = links.unbind(1)
        # A span without candidates becomes its sentinel whatever the sentinel's score.
        linked, place = torch.unique(span, return_inverse=True)
        # Sentinels are scored like further concepts, each linked to its own span.
        number = torch.arange(len(linked), device=links.device)
        scores = self.scorer(
            spans[linked],
            torch.cat([candidates, sentinels[linked]]),
            torch.cat([place, number]),
            torch.cat([concept, num_concepts + number]),
        ).squeeze(1)
        link_scores, linked_scores = scores.split([num_links, len(linked)])
        sentinel_scores = scores.new_zeros(len(spans)).index_copy(0, linked, linked_scores)
        return attend_to_candidates(candidates, link_scores, sentinels, sentinel_scores, links)
