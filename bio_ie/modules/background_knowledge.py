"""Encodes a background graph and fuses it into the vectors of a text, for every model."""

from typing import Dict, NamedTuple, Optional, Tuple

import torch
from allennlp.common import FromParams, Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.modules import Seq2SeqEncoder, TextFieldEmbedder
from allennlp.nn.util import get_text_field_mask

from bio_ie.data.fields.background_graph_field import RELATIONS, GraphTensors
from bio_ie.modules.concept_embedders import ConceptEmbedder
from bio_ie.modules.graph_encoders import GraphEncoder, PassThroughGraphEncoder
from bio_ie.modules.knowledge_fusions import KnowledgeFusion
from bio_ie.modules.piece_places import PiecePlaces
from bio_ie.modules.precision import at_least_single
from bio_ie.modules.text_spans import SpanTable
from bio_ie.modules.token_embedders import PretrainedTransformerWordsEmbedder


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

    A fusion of tokens changes the vectors of words before the model reads them; or, with
    `after_layer`, the vectors of wordpieces between two layers of the pretrained encoder, as in
    KnowBert (Peters et al. 2019, section 3.3). The layers above then read what it adds.

    # Parameters

    vocab : `Vocabulary`
    token_dim, span_dim : `int`
        Given by the model.
    concept_embedder : `ConceptEmbedder`
        Gives v^0, the vectors of concepts and semantic types.
    fusion : `KnowledgeFusion`
    graph_encoder : `GraphEncoder`, optional (default = `pass_through`)
        Eq. 5 is `relational_gcn`.
    after_layer : `int`, optional
        The layer of the pretrained encoder after which tokens are fused with knowledge; the lowest
        one is 1. By default they are fused after the encoder.
    text_field_embedder : `TextFieldEmbedder`, optional
        Given by the model, which goes on to own it. Needed for `after_layer`.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        token_dim: int,
        span_dim: int,
        concept_embedder: ConceptEmbedder,
        fusion: Lazy[KnowledgeFusion],
        graph_encoder: Lazy[GraphEncoder] = Lazy(PassThroughGraphEncoder),
        after_layer: Optional[int] = None,
        text_field_embedder: Optional[TextFieldEmbedder] = None,
    ) -> None:
        super().__init__()
        self.after_layer = after_layer
        if after_layer is not None:
            transformer = _transformer(text_field_embedder)
            if not 1 <= after_layer <= transformer.num_layers:
                raise ConfigurationError(
                    f"after_layer is {after_layer}, but the encoder has layers 1 to "
                    f"{transformer.num_layers}"
                )
            token_dim = transformer.get_output_dim()
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
        if after_layer is not None and not self.fusion.fuses_tokens:
            raise ConfigurationError("after_layer needs a fusion that changes tokens")
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

    def embed(
        self,
        words: TextFieldTensors,
        background: Optional[GraphTensors],
        embedder: TextFieldEmbedder,
    ) -> Tuple[torch.Tensor, Optional[EncodedGraph]]:
        """The vectors of `words`, `[B, W, H]`. With `after_layer` they have knowledge, and the
        encoded graph comes with them."""
        if self.after_layer is None:
            return embedder(words), None
        graph = self(background)

        def fuse(pieces: torch.Tensor, places: PiecePlaces) -> torch.Tensor:
            return self._fuse_pieces(pieces, places, graph)

        with _transformer(embedder).changing(self.after_layer, fuse):
            return embedder(words), graph

    def _fuse_pieces(
        self, pieces: torch.Tensor, places: PiecePlaces, graph: EncodedGraph
    ) -> torch.Tensor:
        """The vectors of wordpieces `[windows, P, H]` after fusion with knowledge."""
        spans, numbers = places.of_spans(graph.tensors["spans"])
        span, node = graph.tensors["links"].unbind(1)
        new_number = span.new_full((len(graph.tensors["spans"]),), -1)
        new_number[numbers] = torch.arange(len(numbers), device=numbers.device)
        span = new_number[span]
        is_here = span >= 0
        links = torch.stack([span[is_here], node[is_here]], dim=1)
        fused = self.fusion.fuse_tokens(at_least_single(pieces), spans, graph.concepts, links)
        return fused.vectors.to(pieces.dtype)

    def fuse_tokens(self, tokens: torch.Tensor, graph: EncodedGraph) -> torch.Tensor:
        """The token vectors after fusion with knowledge, `[B, W, token_dim]`. They are vectors of
        words, so without `after_layer`."""
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


def embed_words(
    words: TextFieldTensors,
    background: Optional[GraphTensors],
    embedder: TextFieldEmbedder,
    encoder: Optional[Seq2SeqEncoder],
    dropout: torch.nn.Module,
    knowledge: Optional[BackgroundKnowledge],
) -> Tuple[torch.Tensor, Optional[EncodedGraph]]:
    """The vectors of words `[B, W, H]` that a model begins with, and the background graph.

    Words are embedded, and encoded if there is an `encoder`; then comes the `dropout`. If
    `knowledge` is fused into tokens, the vectors have it.
    """
    graph = None
    if knowledge is None:
        x = embedder(words)
    else:
        x, graph = knowledge.embed(words, background, embedder)
    if encoder is not None:
        x = encoder(x, get_text_field_mask(words))
    x = dropout(x)
    if knowledge is None or graph is not None:
        return x, graph
    graph = knowledge(background)
    return knowledge.fuse_tokens(x, graph), graph


def _transformer(embedder: Optional[TextFieldEmbedder]) -> PretrainedTransformerWordsEmbedder:
    found = [
        module
        for module in (embedder.modules() if embedder is not None else ())
        if isinstance(module, PretrainedTransformerWordsEmbedder)
    ]
    if len(found) != 1:
        raise ConfigurationError(
            "after_layer needs a text_field_embedder with one pretrained_transformer_words, not "
            f"{len(found)}"
        )
    return found[0]
