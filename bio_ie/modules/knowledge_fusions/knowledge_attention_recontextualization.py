import math
from typing import Tuple

import torch
from allennlp.common.checks import ConfigurationError
from torch.nn import functional

from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.knowledge_fusions.candidate_attention import Fused, attend_to_candidates
from bio_ie.modules.knowledge_fusions.knowledge_fusion import KnowledgeFusion
from bio_ie.modules.ragged import padded_rows
from bio_ie.modules.segments import segment_sum
from bio_ie.modules.span_attention import span_tokens


@KnowledgeFusion.register("knowledge_attention_recontextualization")
class KnowledgeAttentionRecontextualization(KnowledgeFusion):
    """
    The knowledge attention and recontextualization (KAR) of KnowBert (Peters et al. 2019, section
    3.3), which the KnowBertAttention baseline of Lai et al. 2021 applies to its token vectors H:

    1. `H^proj = W1 H + b1`. A span's vector is the sum of its tokens in `H^proj`, weighted by
       attention. One transformer layer over the spans of a text gives S.
    2. A candidate's score is an MLP of its product with the span, `s . e / sqrt(d)`. A span's
       candidates and a learned null concept, weighted by the softmax of their scores, sum to E~.
    3. `S' = S + E~`. Every token of `H^proj` attends to all S' of its text (multi-head attention
       and position-wise MLP, each with residual and layer norm), and `W2 . + b2` of the result is
       added to H. W2 starts as the pseudo-inverse of W1.

    Unlike in KnowBert, candidates have no prior and no threshold: the null concept wins where no
    candidate is good enough. A text without spans is not changed.

    Registered as a `KnowledgeFusion` with name "knowledge_attention_recontextualization".

    # Parameters

    token_dim, span_dim, concept_dim : `int`
        Given by the model; see `KnowledgeFusion`.
    hidden_dim : `int`
        d, the size of `H^proj`, of spans and of projected concepts.
    num_heads : `int`
        The number of heads of both multi-head attentions.
    feedforward_dim : `int`
        The hidden size of the position-wise networks.
    score_hidden_dim : `int`
        The hidden size of the MLP that scores candidates.
    dropout : `float`, optional (default = `0.0`)
    """

    fuses_tokens = True

    def __init__(
        self,
        token_dim: int,
        span_dim: int,
        concept_dim: int,
        hidden_dim: int,
        num_heads: int,
        feedforward_dim: int,
        score_hidden_dim: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(token_dim, span_dim, concept_dim)
        if hidden_dim % num_heads:
            raise ConfigurationError(
                f"hidden_dim {hidden_dim} is not a multiple of num_heads {num_heads}"
            )
        self.hidden_dim = hidden_dim
        self.down = torch.nn.Linear(token_dim, hidden_dim)  # W1, b1
        self.up = torch.nn.Linear(hidden_dim, token_dim)  # W2, b2
        with torch.no_grad():
            self.up.weight.copy_(torch.linalg.pinv(self.down.weight))
        self.span_attention = torch.nn.Linear(hidden_dim, 1)
        self.span_encoder = torch.nn.TransformerEncoderLayer(
            hidden_dim, num_heads, feedforward_dim, dropout, batch_first=True
        )
        self.concept_projection = torch.nn.Linear(concept_dim, hidden_dim)
        self.null_concept = torch.nn.Parameter(torch.empty(hidden_dim))
        torch.nn.init.normal_(self.null_concept, std=0.02)
        self.score = ffnn(1, [score_hidden_dim], 1)
        self.token_attention = torch.nn.MultiheadAttention(
            hidden_dim, num_heads, dropout, batch_first=True
        )
        self.feedforward = ffnn(hidden_dim, [feedforward_dim], hidden_dim, dropout)
        self.attention_norm = torch.nn.LayerNorm(hidden_dim)
        self.feedforward_norm = torch.nn.LayerNorm(hidden_dim)
        self.dropout = torch.nn.Dropout(dropout)

    def fuse_tokens(
        self,
        tokens: torch.Tensor,
        spans: torch.Tensor,
        concepts: torch.Tensor,
        links: torch.Tensor,
    ) -> Fused:
        row, first, last = spans.unbind(1)
        projected = self.down(tokens)  # H^proj, [B, W, d]
        pooled = self._pooled(projected, row, first, last)
        padded, mask = _padded(pooled, row, len(tokens))
        # A text without spans attends to padding; the result is dropped below.
        ignored = ~(mask | ~mask.any(dim=1, keepdim=True))
        contextual = self.span_encoder(padded, src_key_padding_mask=ignored)[mask]  # S, [N, d]
        fused = self._linked(contextual, concepts, links)
        enriched, _ = _padded(contextual + fused.vectors, row, len(tokens))  # S'
        change = self.up(self._recontextualized(projected, enriched, ignored))
        has_spans = mask.any(dim=1)[:, None, None]
        return fused._replace(vectors=tokens + change * has_spans)

    def _pooled(
        self, projected: torch.Tensor, row: torch.Tensor, first: torch.Tensor, last: torch.Tensor
    ) -> torch.Tensor:
        flat = projected.flatten(0, 1)
        start = row * projected.size(1) + first
        span, token, weight = span_tokens(
            self.span_attention(flat).squeeze(1), start, last - first + 1
        )
        weighted = weight.unsqueeze(1) * flat.index_select(0, token)
        return segment_sum(weighted, span, len(row))

    def _linked(self, spans: torch.Tensor, concepts: torch.Tensor, links: torch.Tensor) -> Fused:
        candidates = self.concept_projection(concepts)
        span, concept = links.unbind(1)
        products = (spans.index_select(0, span) * candidates.index_select(0, concept)).sum(1)
        null_products = spans @ self.null_concept
        scale = 1 / math.sqrt(self.hidden_dim)
        scores = self.score(torch.cat([products, null_products]).unsqueeze(1) * scale).squeeze(1)
        link_scores, null_scores = scores.split([len(links), len(spans)])
        nulls = self.null_concept.expand(len(spans), -1)
        return attend_to_candidates(candidates, link_scores, nulls, null_scores, links)

    def _recontextualized(
        self, tokens: torch.Tensor, spans: torch.Tensor, ignored: torch.Tensor
    ) -> torch.Tensor:
        attended, _ = self.token_attention(
            tokens, spans, spans, key_padding_mask=ignored, need_weights=False
        )
        tokens = self.attention_norm(tokens + self.dropout(attended))
        return self.feedforward_norm(tokens + self.dropout(self.feedforward(tokens)))


def _padded(
    vectors: torch.Tensor, row: torch.Tensor, batch_size: int
) -> Tuple[torch.Tensor, torch.Tensor]:
    """Pads the spans of each text, `[N, d]` -> `[B, M, d]`, and gives the mask `[B, M]` of real
    spans. The last slot is always padding, so that there is at least one slot."""
    padded, mask = padded_rows(vectors, row, batch_size)
    return functional.pad(padded, (0, 0, 0, 1)), functional.pad(mask, (0, 1))
