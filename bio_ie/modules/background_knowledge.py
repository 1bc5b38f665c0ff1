"""Encodes a background graph and fuses it into the vectors of a text, for every model."""

from typing import Dict, NamedTuple, Optional

import torch
from allennlp.common import FromParams, Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary

from bio_ie.data.fields.background_graph_field import RELATIONS, GraphTensors
from bio_ie.modules.concept_embedders import ConceptEmbedder
from bio_ie.modules.graph_encoders import GraphEncoder, PassThroughGraphEncoder
from bio_ie.modules.knowledge_fusions import KnowledgeFusion
from bio_ie.modules.text_spans import SpanTable


class EncodedGraph(NamedTuple):
    """The background graph of a batch, with its nodes encoded as vectors."""

    concepts: torch.Tensor
    """`[n, concept_dim]`, the vectors of the nodes."""
    tensors: GraphTensors
    """See `BackgroundGraphField`."""


class FusedSpans(NamedTuple):
    """Span vectors after fusion with knowledge, and the links that the knowledge came from."""

    vectors: torch.Tensor
    """`[N, d]`."""
    links: torch.Tensor
    """`[P, 2]`, a span among the `N` and a node of the graph. The links of a text stand
    together."""
    link_weights: Optional[torch.Tensor]
    """`[P]`; see `Fused`."""
    sentinel_weights: Optional[torch.Tensor]
    """`[N]`; see `Fused`."""
    node_rows: torch.Tensor
    """`[n]`, the text of each node, ascending."""


class BackgroundKnowledge(torch.nn.Module, FromParams):
    """
    Encodes the background graph of a batch (KECI, section 2.4) and fuses it into the vectors of
    tokens or of spans (section 2.5). The fusion decides which.

    # Parameters

    vocab : `Vocabulary`
    token_dim, span_dim : `int`
        Given by the model.
    concept_embedder : `ConceptEmbedder`
        Gives v^0, the vectors of concepts and semantic types.
    fusion : `KnowledgeFusion`
    graph_encoder : `GraphEncoder`, optional (default = `pass_through`)
        Eq. 5 is `relational_gcn`.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        token_dim: int,
        span_dim: int,
        concept_embedder: ConceptEmbedder,
        fusion: Lazy[KnowledgeFusion],
        graph_encoder: Lazy[GraphEncoder] = Lazy(PassThroughGraphEncoder),
    ) -> None:
        super().__init__()
        num_relations = 0
        if RELATIONS in vocab.get_namespaces():
            num_relations = vocab.get_vocab_size(RELATIONS)
        self.concept_embedder = concept_embedder
        self.graph_encoder = graph_encoder.construct(
            input_dim=concept_embedder.get_output_dim(), num_relations=num_relations
        )
        self.fusion = fusion.construct(
            token_dim=token_dim,
            span_dim=span_dim,
            concept_dim=self.graph_encoder.get_output_dim(),
        )
        if not (self.fusion.fuses_tokens or self.fusion.fuses_spans):
            # Distributed training waits for a gradient of every parameter that could have one.
            self.requires_grad_(False)

    @property
    def fuses_spans(self) -> bool:
        return self.fusion.fuses_spans

    def forward(self, graph: Optional[GraphTensors]) -> EncodedGraph:
        """Encodes `graph`, a batched `BackgroundGraphField`.

        Raises `ConfigurationError` if it is `None`."""
        if graph is None:
            raise ConfigurationError(
                "the model uses knowledge, but its instances have no background graph: give the "
                "reader a background"
            )
        nodes = self.concept_embedder(graph["keys"], graph["types"])
        return EncodedGraph(self.graph_encoder(nodes, graph["edges"]), graph)

    def fuse_tokens(self, tokens: torch.Tensor, graph: EncodedGraph) -> torch.Tensor:
        """The token vectors after fusion with knowledge, `[B, W, token_dim]`."""
        spans, links = graph.tensors["spans"], graph.tensors["links"]
        return self.fusion.fuse_tokens(tokens, spans, graph.concepts, links).vectors

    def fuse_spans(self, spans: torch.Tensor, table: SpanTable, graph: EncodedGraph) -> FusedSpans:
        """Fuses knowledge into the vectors `[N, span_dim]` of the spans that `table` finds. Links
        of other spans are left out."""
        row, first, last = graph.tensors["spans"].unbind(1)
        span, node = graph.tensors["links"].unbind(1)
        place = table.at_words(row, first, last)[span]
        is_here = place >= 0
        links = torch.stack([place[is_here], node[is_here]], dim=1)
        fused = self.fusion.fuse_spans(spans, graph.concepts, links)
        return FusedSpans(
            fused.vectors,
            links,
            fused.link_weights,
            fused.sentinel_weights,
            graph.tensors["node_rows"],
        )

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The metrics of the concept embedder."""
        return self.concept_embedder.get_metrics(reset)
