"""Decides which of its candidate concepts a mention names."""

from typing import Dict, Optional

import torch
from allennlp.common import FromParams, Lazy

from bio_ie.data.fields.document_graph_field import DocumentGraphTensors
from bio_ie.modules.concept_embedders import ConceptEmbedder
from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.log_probabilities import segment_log_softmax
from bio_ie.modules.pair_scorers import MlpPairScorer, PairScorer
from bio_ie.modules.precision import at_least_single


class MentionLinker(torch.nn.Module, FromParams):
    """
    Eq. 1 of SNERL: `p(e | m) = softmax_e W2 ReLU(W1 [e~; h~; h_m])` over the candidates of m, where
    e~ is the vector of a concept and h~ = MLP([mean; max]) is the vector of the document's words.

    # Parameters

    token_dim, mention_dim : `int`
        Sizes of words' and mentions' vectors; given by the model.
    concept_embedder : `ConceptEmbedder`
        Gives e~. In the paper it is a `sum` of a vector of the concept and a vector of its type.
    scorer : `Lazy[PairScorer]`, optional (default = `mlp`)
        Scores pairs of a concept and one vector of document and mention.
    document_dim : `int`
        The size of h~.
    dropout : `float`, optional (default = `0.0`)
        The dropout after the hidden layer of the document's network.
    candidate_score_weight : `float`, optional
        The initial weight with which the candidate generator's score is added to a candidate's
        logit. By default the score is not used (as in the paper).
    """

    def __init__(
        self,
        token_dim: int,
        mention_dim: int,
        concept_embedder: ConceptEmbedder,
        document_dim: int,
        scorer: Lazy[PairScorer] = Lazy(MlpPairScorer),
        dropout: float = 0.0,
        candidate_score_weight: Optional[float] = None,
    ) -> None:
        super().__init__()
        self.concept_embedder = concept_embedder
        self.document_network = ffnn(2 * token_dim, [document_dim], document_dim, dropout)
        self.scorer = scorer.construct(
            head_dim=concept_embedder.get_output_dim(),
            tail_dim=document_dim + mention_dim,
            num_labels=1,
        )
        self.register_parameter("candidate_score_weight", None)
        if candidate_score_weight is not None:
            self.candidate_score_weight = torch.nn.Parameter(
                torch.tensor(float(candidate_score_weight))
            )

    def forward(
        self,
        words: torch.Tensor,
        mask: torch.Tensor,
        mentions: torch.Tensor,
        graph: DocumentGraphTensors,
    ) -> torch.Tensor:
        """
        # Parameters

        words : `torch.Tensor`
            `[B, N, token_dim]`
        mask : `torch.Tensor`
            `[B, N]`, bool.
        mentions : `torch.Tensor`
            `[M, mention_dim]`, h_m.
        graph : `DocumentGraphTensors`
            See `DocumentGraphField`.

        # Returns

        `torch.Tensor`
            `[P]`, `log p(e | m)` of each link, in single precision at least.
        """
        mention, entity = graph["links"].unbind(1)
        documents = self._documents(words, mask)[graph["mentions"][:, 0]]  # h~, [M, document_dim]
        concepts = self.concept_embedder(graph["keys"], graph["types"])  # e~, [E, n]
        contexts = torch.cat([documents, mentions], dim=-1)
        logits = self.scorer(concepts, contexts.to(concepts.dtype), entity, mention).squeeze(1)
        logits = at_least_single(logits)
        if self.candidate_score_weight is not None:
            logits = logits + self.candidate_score_weight * graph["link_scores"].to(logits.dtype)
        return segment_log_softmax(logits, mention, len(mentions))

    def _documents(self, words: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """h~, `[B, document_dim]`."""
        mask = mask.unsqueeze(2)
        words = at_least_single(words)
        mean = words.masked_fill(~mask, 0).sum(1) / mask.sum(1).clamp(min=1)
        largest = words.masked_fill(~mask, -torch.inf).amax(1)
        largest = largest.masked_fill(~mask.any(1), 0)
        return self.document_network(torch.cat([mean, largest], dim=-1))

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The metrics of the concept embedder."""
        return self.concept_embedder.get_metrics(reset)
