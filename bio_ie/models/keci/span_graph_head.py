"""Scores of spans and of pairs of spans: a predicted span graph."""

from typing import List

import torch
from allennlp.common import Lazy

from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.pair_scorers import PairScorer


class SpanGraphHead(torch.nn.Module):
    """FFNN_e and FFNN_r (KECI, eqs. 2, 3 and 9), without the softmax.

    # Parameters

    input_dim : `int`
        Of a span's vector.
    num_types : `int`
        |E| less "no entity", which is column 0.
    num_relation_columns : `int`
        Of `RelationActivation`.
    entity_hidden_dims : `List[int]`
        The hidden layers of FFNN_e.
    pair_scorer : `Lazy[PairScorer]`
        FFNN_r.
    dropout : `float`
        In the hidden layers of FFNN_e.
    """

    def __init__(
        self,
        input_dim: int,
        num_types: int,
        num_relation_columns: int,
        entity_hidden_dims: List[int],
        pair_scorer: Lazy[PairScorer],
        dropout: float,
    ) -> None:
        super().__init__()
        self.entity_scorer = ffnn(input_dim, entity_hidden_dims, num_types + 1, dropout)
        self.pair_scorer = pair_scorer.construct(
            head_dim=input_dim, tail_dim=input_dim, num_labels=num_relation_columns
        )

    def entities(self, spans: torch.Tensor) -> torch.Tensor:
        """`[S, input_dim]` -> `[S, types + 1]`."""
        return self.entity_scorer(spans)

    def relations(
        self, spans: torch.Tensor, head: torch.Tensor, tail: torch.Tensor
    ) -> torch.Tensor:
        """`[K, input_dim]` and pairs `[P]` of them -> `[P, columns]`."""
        return self.pair_scorer(spans, spans, head, tail)
