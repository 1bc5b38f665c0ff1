"""Knowledge-enhanced collective inference (KECI)."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import Seq2SeqEncoder, TextFieldEmbedder
from allennlp.modules.span_extractors import SpanExtractor
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from torch.nn import functional

from bio_ie.data.fields import undirected_namespace
from bio_ie.data.fields.background_graph_field import GraphTensors
from bio_ie.metrics.span_graph_scores import SpanGraphScores
from bio_ie.metrics.tensor_average import TensorAverage
from bio_ie.metrics.training_metric import TrainingMetric
from bio_ie.models.graph_decoder import GraphDecoder
from bio_ie.models.keci.explanations import explained_spans, explanations, with_explanations
from bio_ie.models.keci.kept_spans import KeptSpans, SpanGraph, between_entities, keep_spans
from bio_ie.models.keci.name_pooling import NamePooling
from bio_ie.models.keci.predicted_span_graph import predicted_span_graph
from bio_ie.models.keci.scored_spans import score_spans
from bio_ie.models.keci.span_graph_head import SpanGraphHead
from bio_ie.models.keci.span_graph_targets import SpanGraphTargets
from bio_ie.models.vocabulary_labels import vocabulary_labels
from bio_ie.modules.background_knowledge import (
    BackgroundKnowledge,
    EncodedGraph,
    FusedSpans,
    embed_words,
)
from bio_ie.modules.graph_encoders import GraphEncoder, PassThroughGraphEncoder
from bio_ie.modules.pair_scorers import PairScorer
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.precision import at_least_single
from bio_ie.modules.ragged import padded_rows, places_in_row
from bio_ie.modules.relation_activation import RelationActivation
from bio_ie.modules.row_items import split_rows
from bio_ie.modules.schedules import ConstantSchedule, Schedule
from bio_ie.modules.segments import segment_mean
from bio_ie.modules.text_spans import SpanTable, TextSpans, enumerate_spans


@Model.register("keci")
class Keci(Model):
    """Predicts a span graph from the text, fuses knowledge about its spans from a knowledge base,
    and predicts the graph again.

    1. All spans of at most `max_span_width` words get a vector s (eq. 1) and entity scores (eq. 2).
       The likeliest entities are kept, and their pairs get relation scores (eq. 3): the initial
       graph.
    2. Spans exchange information along the edges of the initial graph, which gives h (eq. 4). The
       background graph is encoded (eq. 5), and each span is fused with the concepts that it may
       name, which gives f (eqs. 6 to 8).
    3. f gets new entity and relation scores (eq. 9): the final graph. The loss is that of the
       initial graph plus `final_loss_weight` times that of the final one (eq. 10).

    Without `knowledge` (SentContextOnly), or with knowledge that fuses tokens (KnowBertAttention),
    the initial graph is the prediction, and there is no final graph.

    Losses are sums over spans and over pairs of kept spans, divided by the number of texts, or the
    means over texts of such means.

    Registered as a `Model` with name "keci". Instances come from `span_graph`.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
    span_extractor : `SpanExtractor`
        Eq. 1, `endpoint_attentive`; given without `input_dim`.
    pair_scorer : `PairScorer`
        FFNN_r; in the paper it is an `mlp` of `x,y,x*y`.
    entity_hidden_dims : `List[int]`
        The hidden layers of FFNN_e.
    encoder : `Seq2SeqEncoder`, optional
        Applied to the embedded words.
    dropout : `float`, optional (default = `0.2`)
        The dropout of the words' vectors, and in FFNN_e.
    max_span_width : `int`, optional (default = `20`)
        L, the largest width of a span in words. The reader must have the same value.
    spans_per_word : `float`, optional (default = `0.5`)
        lambda, the number of spans to keep per word; at least one span of each text is kept.
    span_graph_encoder : `GraphEncoder`, optional (default = `pass_through`)
        Eq. 4, `bidirectional_gcn`.
    knowledge : `BackgroundKnowledge`, optional
        Its fusion may be `sentinel_attention` (eqs. 6 to 8), which fuses spans, or
        `knowledge_attention_recontextualization`, which fuses tokens.
    final_representation : `str`, optional (default = `"fused"`)
        The input of eq. 9: `"fused"`, f; or `"fused_and_span"`, f and h.
    final_loss_weight : `float`, optional (default = `2.0`)
        The 2 of eq. 10.
    relation_activation : `str`, optional (default = `"softmax"`)
        `"softmax"` or `"sigmoid"`; see `RelationActivation`.
    relation_loss : `str`, optional (default = `"binary_cross_entropy"`)
        `"binary_cross_entropy"`, or `"cross_entropy"` with softmax.
    relation_loss_weight : `Schedule`, optional (default = `constant`, 1)
        The weight of the relation losses of both graphs.
    loss_reduction : `str`, optional (default = `"sum"`)
        How the losses of a text's spans, and of its pairs of spans, become one: `"sum"`, or
        `"mean"`, as in the released code.
    name_pooling, name_pair_pooling : `Pooling`, optional
        Not in the paper: spans of a text with the same name share their entity scores, and pairs
        of spans with the same two names share their relation scores; see `NamePooling`. The reader
        needs `word_keys`.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` when labels are given. Out of training also `metadata` and, each as a tensor for every
    text: the predicted graph (see `predicted_span_graph`); if that is the final graph, also the
    initial graph, with `initial_` before the same names; and the kept spans with the weights of
    their concepts (see `explanations`).
    """

    default_predictor = "document"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        span_extractor: Lazy[SpanExtractor],
        pair_scorer: Lazy[PairScorer],
        entity_hidden_dims: List[int],
        encoder: Optional[Seq2SeqEncoder] = None,
        dropout: float = 0.2,
        max_span_width: int = 20,
        spans_per_word: float = 0.5,
        span_graph_encoder: Lazy[GraphEncoder] = Lazy(PassThroughGraphEncoder),
        knowledge: Optional[Lazy[BackgroundKnowledge]] = None,
        final_representation: str = "fused",
        final_loss_weight: float = 2.0,
        relation_activation: str = "softmax",
        relation_loss: str = "binary_cross_entropy",
        relation_loss_weight: Optional[Schedule] = None,
        loss_reduction: str = "sum",
        name_pooling: Optional[Pooling] = None,
        name_pair_pooling: Optional[Pooling] = None,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # Named one by one: with **kwargs, a wrong setting would be a TypeError in another place.
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        if final_representation not in ("fused", "fused_and_span"):
            raise ConfigurationError(f"unknown final_representation {final_representation!r}")
        if loss_reduction not in ("sum", "mean"):
            raise ConfigurationError(f"unknown loss_reduction {loss_reduction!r}")
        if max_span_width < 1 or spans_per_word <= 0:
            raise ConfigurationError("max_span_width and spans_per_word must be positive")
        self.max_span_width = max_span_width
        self.spans_per_word = spans_per_word
        self.final_loss_weight = final_loss_weight
        self._loss_reduction = loss_reduction
        self._joins_fused_and_span = final_representation == "fused_and_span"

        self.text_field_embedder = text_field_embedder
        self.encoder = encoder
        self.dropout = torch.nn.Dropout(dropout)
        token_dim = encoder.get_output_dim() if encoder else text_field_embedder.get_output_dim()
        self.span_extractor = span_extractor.construct(input_dim=token_dim)
        span_dim = self.span_extractor.get_output_dim()

        self.entity_types = vocabulary_labels(vocab, "span_labels")
        self.relation_types = vocabulary_labels(vocab, "relation_labels")
        undirected = set(vocabulary_labels(vocab, undirected_namespace("relation_labels")))
        is_undirected = [type_ in undirected for type_ in self.relation_types]
        self.relation_activation = RelationActivation(
            is_undirected, relation_activation, relation_loss
        )
        self.relation_loss_weight = relation_loss_weight or ConstantSchedule(1.0)
        self.name_pooling = NamePooling(
            name_pooling, name_pair_pooling, self.relation_activation.is_softmax
        )

        def head(input_dim: int) -> SpanGraphHead:
            return SpanGraphHead(
                input_dim,
                len(self.entity_types),
                self.relation_activation.num_columns,
                entity_hidden_dims,
                pair_scorer,
                dropout,
            )

        self.initial_head = head(span_dim)
        self.knowledge = self.span_graph_encoder = self.final_head = None
        if knowledge is not None:
            self.knowledge = knowledge.construct(
                vocab=vocab,
                token_dim=token_dim,
                span_dim=span_dim,
                text_field_embedder=text_field_embedder,
            )
        if self.knowledge is not None and self.knowledge.fuses_spans:
            self.span_graph_encoder = span_graph_encoder.construct(
                input_dim=span_dim, num_relations=len(self.relation_types) + 1
            )
            self.final_head = head(span_dim * (2 if self._joins_fused_and_span else 1))

        self._decoder = GraphDecoder(self.entity_types, self.relation_types, is_undirected)
        names = ["initial_entity", "initial_relation"]
        names += ["final_entity", "final_relation"] if self.final_head is not None else []
        self._losses = {f"{name}_loss": TensorAverage() for name in names}
        self._scores = SpanGraphScores(with_initial=self.final_head is not None)

    def forward(
        self,
        words: TextFieldTensors,
        sentences: torch.Tensor,
        metadata: List[Dict[str, Any]],
        entities: Optional[torch.Tensor] = None,
        relations: Optional[torch.Tensor] = None,
        background: Optional[GraphTensors] = None,
        word_keys: Optional[torch.Tensor] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        words : `TextFieldTensors`
            `B` texts of up to `N` words.
        sentences : `torch.Tensor`
            `[B, N]`, the number of each word's sentence; -1 is padding.
        metadata : `List[Dict[str, Any]]`
            See `SpanGraphReader`.
        entities : `torch.Tensor`, optional
            `[n, 4]`, gold entities: row, first word, last word, type.
        relations : `torch.Tensor`, optional
            `[n, 4]`, gold relations: row, `span_position` of head and of tail, type.
        background : `GraphTensors`, optional
            See `BackgroundGraphField`; needed if the model has knowledge.
        word_keys : `torch.Tensor`, optional
            `[B, N]`, a hash of each word; needed for `name_pooling` and `name_pair_pooling`.
        """
        num_rows = len(sentences)
        x, graph = embed_words(
            words,
            background,
            self.text_field_embedder,
            self.encoder,
            self.dropout,
            self.knowledge,
        )  # [B, N, H]
        spans = enumerate_spans(sentences, self.max_span_width)
        scored = score_spans(x, spans, self.span_extractor, self.initial_head)
        names = self.name_pooling.names(word_keys, spans)  # [S]
        entity_scores = self.name_pooling.entities(scored.entity_scores, names)
        num_kept = ((sentences >= 0).sum(1) * self.spans_per_word).long().clamp(min=1)  # lambda n
        kept = keep_spans(entity_scores, spans, num_kept)
        vectors = scored.vectors(kept.place)  # s, [K, d]
        names = self.name_pooling.names(word_keys, kept.spans)  # [K]
        is_predicting = not self.training and entities is None
        if is_predicting and self.final_head is None:
            kept = self._related(kept, entity_scores[kept.place])
        relation_scores = self._relation_scores(self.initial_head, vectors, kept, names)
        initial = SpanGraph(entity_scores, relation_scores)
        final, fused, final_kept = None, None, kept
        if self.final_head is not None and graph is not None:
            h = self._collective(vectors, kept, relation_scores, num_rows)
            fused = self._fused(h, kept, sentences, graph)
            f = torch.cat([fused.vectors, h], -1) if self._joins_fused_and_span else fused.vectors
            final_entities = self.name_pooling.entities(self.final_head.entities(f), names)
            if is_predicting:
                final_kept = self._related(kept, final_entities)
            final_relations = self._relation_scores(self.final_head, f, final_kept, names)
            final = SpanGraph(final_entities, final_relations)

        output: Dict[str, Any] = {}
        if entities is not None and relations is not None:
            gold = SpanGraphTargets(entities, relations, sentences, self.max_span_width)
            output["loss"] = self._loss(initial, final, spans, kept, gold) / num_rows
        if not self.training:
            kept_initial = initial._replace(entities=entity_scores[kept.place])
            parts = predicted_span_graph(
                final or kept_initial, final_kept, self.relation_activation
            )
            if final is not None:
                before = predicted_span_graph(kept_initial, kept, self.relation_activation)
                parts.update({f"initial_{name}": part for name, part in before.items()})
            parts.update(explanations(kept.spans, fused))
            output.update(split_rows(parts, num_rows))
            output["metadata"] = metadata
            if entities is not None:
                self._count(output)
        return output

    def _related(self, kept: KeptSpans, entity_scores: torch.Tensor) -> KeptSpans:
        """The kept spans with the pairs that need relation scores for a prediction."""
        if self.name_pooling.pairs is not None:
            return kept  # pairs share the scores of all pairs of the same names
        return between_entities(kept, entity_scores)

    def _relation_scores(
        self,
        head: SpanGraphHead,
        vectors: torch.Tensor,
        kept: KeptSpans,
        names: Optional[torch.Tensor],
    ) -> torch.Tensor:
        """Eqs. 3 and 9, `[P, columns]`."""
        scores = head.relations(vectors, kept.head, kept.tail)
        return self.name_pooling.relations(scores, names, kept.head, kept.tail)

    def _collective(
        self, vectors: torch.Tensor, kept: KeptSpans, relation_scores: torch.Tensor, num_rows: int
    ) -> torch.Tensor:
        """Eq. 4 on the initial graph: h, `[K, d]`."""
        assert self.span_graph_encoder is not None
        nodes, mask = padded_rows(vectors, kept.spans.row, num_rows)  # [B, M, d]
        within = places_in_row(kept.spans.row)  # [K], the place of each span in its text
        weights = self.relation_activation.weights(relation_scores)  # r, [P, R + 1]
        edges = weights.new_zeros(num_rows, mask.size(1), mask.size(1), weights.size(1))
        row, head, tail = kept.spans.row[kept.head], within[kept.head], within[kept.tail]
        edges = edges.index_put((row, head, tail), weights).to(nodes.dtype)
        return self.span_graph_encoder.dense(nodes, edges, mask)[mask]

    def _fused(
        self, h: torch.Tensor, kept: KeptSpans, sentences: torch.Tensor, graph: EncodedGraph
    ) -> FusedSpans:
        """Eqs. 6 to 8: f, `[K, d]`, and what it comes from."""
        assert self.knowledge is not None
        table = SpanTable(kept.spans, len(sentences), sentences.size(1), self.max_span_width)
        return self.knowledge.fuse_spans(h, table, graph)

    def _loss(
        self,
        initial: SpanGraph,
        final: Optional[SpanGraph],
        spans: TextSpans,
        kept: KeptSpans,
        gold: SpanGraphTargets,
    ) -> torch.Tensor:
        """Eq. 10, summed over the texts of the batch."""
        types = gold.types(spans)
        labels = gold.labels(kept.spans, kept.head, kept.tail, len(self.relation_types))
        pair_rows = kept.spans.row[kept.head]
        relation_weight = self.relation_loss_weight()

        def graph_loss(
            name: str, graph: SpanGraph, types: torch.Tensor, rows: torch.Tensor
        ) -> torch.Tensor:
            """The loss of one graph. Its two parts are kept for `get_metrics` under its name."""
            scores = at_least_single(graph.entities)
            entity_losses = functional.cross_entropy(scores, types, reduction="none")
            relation_losses = self.relation_activation.losses(graph.relations, labels)
            entity_loss = self._over_texts(entity_losses, rows, gold.num_rows)
            relation_loss = self._over_texts(relation_losses, pair_rows, gold.num_rows)
            self._losses[f"{name}_entity_loss"](entity_loss / gold.num_rows, gold.num_rows)
            self._losses[f"{name}_relation_loss"](relation_loss / gold.num_rows, gold.num_rows)
            return entity_loss + relation_weight * relation_loss

        loss = graph_loss("initial", initial, types, spans.row)
        if final is None:
            return loss
        final_loss = graph_loss("final", final, types[kept.place], kept.spans.row)
        return loss + self.final_loss_weight * final_loss

    def _over_texts(self, losses: torch.Tensor, rows: torch.Tensor, num_rows: int) -> torch.Tensor:
        """The sum over texts of the sum or mean of their `losses`. Both arguments are `[n]`."""
        if self._loss_reduction == "sum":
            return losses.sum()
        return segment_mean(losses, rows, num_rows).sum()

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """Gives for each text lists of `Mention` and `Relation`, in character offsets of the
        document: `mentions` and `relations` and, if knowledge may have changed them,
        `initial_mentions` and `initial_relations`. The metadata of a mention with candidate
        concepts gives the weight of each concept (`concepts`), and the weight of no concept
        (`sentinel`)."""
        readable = self._decoder.annotations(output_dict)
        readable["mentions"] = [
            with_explanations(*row)
            for row in zip(
                readable["mentions"],
                explained_spans(output_dict),
                output_dict["metadata"],
                strict=True,
            )
        ]
        if "initial_entities" in output_dict:
            readable.update(self._decoder.annotations(output_dict, "initial_"))
        return readable

    def _count(self, output: Dict[str, Any]) -> None:
        """Adds a batch to the scores. These compare character offsets, so gold entities that spans
        cannot represent count as well. Called with gold labels only, since it copies the batch to
        the host, where scores compare Python objects."""
        self._scores(
            output["metadata"],
            self._decoder.items(output),
            self._decoder.items(output, "initial_") if self.final_head is not None else None,
            explained_spans(output),
        )

    def training_metrics(self) -> List[TrainingMetric]:
        return list(self._losses.values())

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The means of the losses, what is learned of the poolings of names, and the share of
        unknown concepts; out of training also the scores (`SpanGraphScores`). All scores on reset,
        before that only the main ones."""
        metrics = {name: average.get_metric(reset) for name, average in self._losses.items()}
        metrics.update(self.name_pooling.get_metrics())
        if self.knowledge is not None:
            metrics.update(self.knowledge.get_metrics(reset))
        if not self.training:
            metrics.update(self._scores.get_metric(reset))
        return metrics
