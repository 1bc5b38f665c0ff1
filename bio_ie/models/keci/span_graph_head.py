"""Scores spans and pairs of spans, which gives a span graph."""

from typing import List

import torch
from allennlp.common import Lazy

from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.pair_scorers import PairScorer


class SpanGraphHead(torch.nn.Module):
    """FFNN_e and FFNN_r (KECI, eqs. 2, 3 and 9), without the softmax.

    # Parameters

    input_dim : `int`
        The size of a span's vector.
    num_types : `int`
        |E| without "no entity", which is column 0.
    num_relation_columns : `int`
        The number of columns of `RelationActivation`.
    entity_hidden_dims : `List[int]`
        The hidden layers of FFNN_e.
    pair_scorer : `Lazy[PairScorer]`
        FFNN_r.
    dropout : `float`
        The dropout in the hidden layers of FFNN_e.
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
        """Scores the types of spans, `[S, input_dim]` -> `[S, types + 1]`."""
        return self.entity_scorer(spans)

    def relations(
        self, spans: torch.Tensor, head: torch.Tensor, tail: torch.Tensor
    ) -> torch.Tensor:
        """Scores the relations of pairs `[P]` of spans, `[K, input_dim]` -> `[P, columns]`."""
        return self.pair_scorer(spans, spans, head, tail)
