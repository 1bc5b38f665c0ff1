"""End-to-end named entity recognition and relation extraction (Giorgi et al. 2019)."""

from typing import Any, Dict, List, Optional, Tuple

import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import FeedForward, Seq2SeqEncoder, TextFieldEmbedder
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_text_field_mask

from bio_ie.data.fields import undirected_namespace
from bio_ie.data.fields.background_graph_field import GraphTensors
from bio_ie.metrics.graph_scores import GraphScores, overall
from bio_ie.metrics.tensor_average import TensorAverage
from bio_ie.metrics.training_metric import TrainingMetric
from bio_ie.models.graph_decoder import GraphDecoder
from bio_ie.models.predicted_graph import predicted_graph
from bio_ie.models.vocabulary_labels import vocabulary_labels
from bio_ie.modules.background_knowledge import BackgroundKnowledge, EncodedGraph, embed_words
from bio_ie.modules.pair_scorers import PairScorer
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.ragged import ranges, span_pair_items
from bio_ie.modules.relation_activation import RelationActivation
from bio_ie.modules.relation_candidates import (
    RelationCandidates,
    merged_runs,
    relation_candidates,
    relation_targets,
)
from bio_ie.modules.row_items import RowItems, split_rows
from bio_ie.modules.schedules import ConstantSchedule, Schedule
from bio_ie.modules.tagging import EntityRuns, TagDecoder, TagScheme
from bio_ie.modules.text_spans import SpanTable, TextSpans

SOURCES = ("predicted", "predicted_and_gold", "gold")


@Model.register("joint_ner_re")
class JointNerRe(Model):
    """Tags the words of a sentence and scores relations between the tagged entities, in one pass.

    Registered as a `Model` with name "joint_ner_re". Instances come from `tagged_relations`.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
        Gives `x^(NER)`, `[B, N, H]`.
    encoder : `Seq2SeqEncoder`, optional
        Applied to the embedded words.
    dropout : `float`, optional (default = `0.1`)
        The dropout of the words' vectors.
    tag_decoder : `TagDecoder`, optional (default = `argmax`)
        The loss and the prediction of tags: `argmax` (the paper), `constrained` or `crf`.
    label_embedding_dim : `int`, optional (default = `128`)
        Size of the embedding of predicted tags (eq. 3); `None` leaves it out (ablation b).
    head_feedforward, tail_feedforward : `FeedForward`, optional
        Eqs. 4 and 5, given without `input_dim`. Without `tail_feedforward`, `head_feedforward` is
        applied to both heads and tails (ablation c). Without either, there is no feedforward
        network (ablation d).
    pair_scorer : `PairScorer`, optional (default = `biaffine`)
        Eqs. 6 and 7; `linear` is ablation e.
    word_pair_pooling : `Pooling`, optional
        A pooling of logits. If given, every word of one entity is scored with every word of the
        other, and the scores are pooled; the paper scores only the last words of both entities.
    relation_activation : `str`, optional (default = `"softmax"`)
        `"softmax"` over the relation types and "no relation" (eq. 8), or an independent
        `"sigmoid"` for each type, so that a pair may have several.
    relation_loss_weight : `Schedule`, optional (default = `constant`, 1)
        The weight lambda of eq. 10.
    training_candidates : `str`, optional (default = `"predicted"`)
        The entities that form relation candidates in training: `"predicted"` (the paper),
        `"predicted_and_gold"`, or `"gold"`, which gives eq. 3 the gold tags too.
    entity_source : `str`, optional (default = `"predicted"`)
        The same out of training: `"predicted"`, or `"gold"` (Table 1, "Ours (gold)").
    knowledge : `BackgroundKnowledge`, optional
        Not in the paper. Fuses knowledge about the text into the vectors of words
        (`knowledge_attention_recontextualization`), or into the vectors of tagged entities that are
        scored in pairs (`sentinel_attention`). The reader needs a `background`.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` when tags are given. Out of training also `metadata` and the predictions, each as a
    tensor for every sentence (see `predicted_graph`).
    """

    default_predictor = "document"

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        encoder: Optional[Seq2SeqEncoder] = None,
        dropout: float = 0.1,
        tag_decoder: Lazy[TagDecoder] = Lazy(TagDecoder),
        label_embedding_dim: Optional[int] = 128,
        head_feedforward: Optional[Lazy[FeedForward]] = None,
        tail_feedforward: Optional[Lazy[FeedForward]] = None,
        pair_scorer: Lazy[PairScorer] = Lazy(PairScorer),
        word_pair_pooling: Optional[Pooling] = None,
        relation_activation: str = "softmax",
        relation_loss_weight: Optional[Schedule] = None,
        training_candidates: str = "predicted",
        entity_source: str = "predicted",
        knowledge: Optional[Lazy[BackgroundKnowledge]] = None,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # Named one by one: with **kwargs, a wrong setting would be a TypeError in another place.
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        if training_candidates not in SOURCES:
            raise ConfigurationError(f"unknown training_candidates {training_candidates!r}")
        if entity_source not in ("predicted", "gold"):
            raise ConfigurationError(f"unknown entity_source {entity_source!r}")
        if tail_feedforward is not None and head_feedforward is None:
            raise ConfigurationError("tail_feedforward needs a head_feedforward too")
        if word_pair_pooling is not None:
            word_pair_pooling.require_domain("logits", "word_pair_pooling of joint_ner_re")

        self.text_field_embedder = text_field_embedder
        self.encoder = encoder
        self.dropout = torch.nn.Dropout(dropout)
        width = encoder.get_output_dim() if encoder else text_field_embedder.get_output_dim()
        token_dim = width

        self.tag_scheme = TagScheme(vocabulary_labels(vocab, "entity_tags"))
        num_tags = len(self.tag_scheme.tags)
        self.tag_projection = torch.nn.Linear(width, num_tags)  # eq. 1
        self.tag_decoder = tag_decoder.construct(tag_scheme=self.tag_scheme)

        self.label_embedding = None
        if label_embedding_dim is not None:
            self.label_embedding = torch.nn.Embedding(num_tags, label_embedding_dim)
            width += label_embedding_dim
        self.knowledge = None
        if knowledge is not None:
            self.knowledge = knowledge.construct(
                vocab=vocab,
                token_dim=token_dim,
                span_dim=width,
                text_field_embedder=text_field_embedder,
            )
            if self.knowledge.fuses_spans and word_pair_pooling is not None:
                raise ConfigurationError(
                    "word_pair_pooling scores words, so there are no mentions for knowledge to fuse"
                )
        self.head_feedforward = self.tail_feedforward = None
        if head_feedforward is not None:
            self.head_feedforward = head_feedforward.construct(input_dim=width)
        if tail_feedforward is not None:
            self.tail_feedforward = tail_feedforward.construct(input_dim=width)

        self.relation_labels = vocabulary_labels(vocab, "relation_labels")
        undirected = set(vocabulary_labels(vocab, undirected_namespace("relation_labels")))
        self.relation_activation = RelationActivation(
            [label in undirected for label in self.relation_labels], relation_activation
        )
        head_dim = self.head_feedforward.get_output_dim() if self.head_feedforward else width
        tail_dim = self.tail_feedforward.get_output_dim() if self.tail_feedforward else head_dim
        self.pair_scorer = pair_scorer.construct(
            head_dim=head_dim,
            tail_dim=tail_dim,
            num_labels=self.relation_activation.num_columns,
        )
        self.word_pair_pooling = word_pair_pooling
        self._decoder = GraphDecoder(
            self.tag_scheme.types,
            self.relation_labels,
            self.relation_activation.undirected.tolist(),
        )
        self.relation_loss_weight = relation_loss_weight or ConstantSchedule(1.0)
        self.training_candidates = training_candidates
        self.entity_source = entity_source

        self._losses = {"ner_loss": TensorAverage(), "re_loss": TensorAverage()}
        self._tag_accuracy = TensorAverage()
        self._scores = GraphScores()

    def forward(
        self,
        words: TextFieldTensors,
        metadata: List[Dict[str, Any]],
        tags: Optional[torch.Tensor] = None,
        relations: Optional[torch.Tensor] = None,
        background: Optional[GraphTensors] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        words : `TextFieldTensors`
            `B` sentences of up to `N` words.
        metadata : `List[Dict[str, Any]]`
            See `TaggedRelationsReader`.
        tags : `torch.Tensor`, optional
            `[B, N]`, gold tags.
        relations : `torch.Tensor`, optional
            `[n, 4]`, gold relations: row, last word of head, last word of tail, label.
        background : `GraphTensors`, optional
            See `BackgroundGraphField`; needed if the model has knowledge.
        """
        mask = get_text_field_mask(words)
        x, graph = embed_words(
            words,
            background,
            self.text_field_embedder,
            self.encoder,
            self.dropout,
            self.knowledge,
        )  # [B, N, H]
        tag_scores = self.tag_projection(x)  # [B, N, T]
        predicted_tags = self.tag_decoder(tag_scores, mask)
        gold_runs = None if tags is None else self.tag_scheme.entity_runs(tags, mask)

        argument_tags, runs = self._arguments(predicted_tags, tags, gold_runs, mask)
        candidates = relation_candidates(runs)
        relation_scores = self._relation_scores(x, argument_tags, candidates, graph)

        output: Dict[str, Any] = {}
        if tags is not None and gold_runs is not None:
            num_rows = len(mask)
            targets = relation_targets(candidates, gold_runs, relations, len(self.relation_labels))
            ner_loss = self.tag_decoder.loss(tag_scores, mask, tags) / num_rows
            re_loss = self.relation_activation.loss(relation_scores, targets) / num_rows
            output["loss"] = ner_loss + self.relation_loss_weight() * re_loss  # eq. 10
            self._losses["ner_loss"](ner_loss, num_rows)
            self._losses["re_loss"](re_loss, num_rows)
            correct = (predicted_tags == tags)[mask]
            self._tag_accuracy(correct.float().mean(), correct.numel())
        if not self.training:
            parts = self._predicted(tag_scores, mask, argument_tags, candidates, relation_scores)
            output.update(split_rows(parts, len(mask)))
            output["metadata"] = metadata
            if tags is not None:
                self._count(output)
        return output

    def _arguments(
        self,
        predicted_tags: torch.Tensor,
        tags: Optional[torch.Tensor],
        gold_runs: Optional[EntityRuns],
        mask: torch.Tensor,
    ) -> Tuple[torch.Tensor, EntityRuns]:
        """The tags that eq. 3 embeds, and the entities that form relation candidates."""
        source = self.training_candidates if self.training else self.entity_source
        if source == "predicted":
            return predicted_tags, self.tag_scheme.entity_runs(predicted_tags, mask)
        if tags is None or gold_runs is None:
            raise ConfigurationError(
                "relations between gold entities were asked for (entity_source or "
                "training_candidates), but the instances have no tags"
            )
        if source == "gold":
            return tags, gold_runs
        predicted_runs = self.tag_scheme.entity_runs(predicted_tags, mask)
        return predicted_tags, merged_runs(predicted_runs, gold_runs)

    def _relation_scores(
        self,
        x: torch.Tensor,
        tags: torch.Tensor,
        candidates: RelationCandidates,
        graph: Optional[EncodedGraph],
    ) -> torch.Tensor:
        """Eqs. 3 to 7 for the candidates only: `[P, R (+ 1)]`."""
        row, word, width = candidates.row, candidates.last, None
        if self.word_pair_pooling is not None:
            width = candidates.last - candidates.start + 1
            owner, place = ranges(width)
            row, word = row[owner], candidates.start[owner] + place
        arguments = x[row, word]  # [words of candidates, H]
        if self.label_embedding is not None:
            arguments = torch.cat([arguments, self.label_embedding(tags[row, word])], dim=-1)
        if self.knowledge is not None and graph is not None and self.knowledge.fuses_spans:
            spans = TextSpans(candidates.row, candidates.start, candidates.last)
            num_words = x.size(1)  # a mention may be as wide as the sentence
            table = SpanTable(spans, len(x), num_words, max_span_width=num_words)
            arguments = self.knowledge.fuse_spans(arguments, table, graph).vectors
        head = tail = arguments
        if self.head_feedforward is not None:
            head = tail = self.head_feedforward(arguments)
        if self.tail_feedforward is not None:
            tail = self.tail_feedforward(arguments)
        if self.word_pair_pooling is None or width is None:
            return self.pair_scorer(head, tail, candidates.head, candidates.tail)
        first = width.cumsum(0) - width
        head_word, tail_word, pair = span_pair_items(
            first[candidates.head],
            width[candidates.head],
            first[candidates.tail],
            width[candidates.tail],
        )
        scores = self.pair_scorer(head, tail, head_word, tail_word)
        return self.word_pair_pooling(scores, pair, len(candidates.head))

    @torch.no_grad()
    def _predicted(
        self,
        tag_scores: torch.Tensor,
        mask: torch.Tensor,
        tags: torch.Tensor,
        candidates: RelationCandidates,
        relation_scores: torch.Tensor,
    ) -> Dict[str, RowItems]:
        spans = TextSpans(candidates.row, candidates.start, candidates.last)
        activation = self.relation_activation
        relation_probabilities = activation.probabilities(
            relation_scores, candidates.head, candidates.tail, len(candidates.row)
        )
        return predicted_graph(
            candidates,
            self.tag_decoder.span_probabilities(tag_scores, mask, tags, spans),
            activation.predict(relation_probabilities),
            activation.undirected,
        )

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """Gives for each row lists of `Mention` and `Relation` under `mentions` and `relations`, in
        character offsets of the document. Ids count the row's mentions. Entities that were given
        (`entity_source: "gold"`) have no score."""
        return self._decoder.annotations(output_dict, given=self.entity_source == "gold")

    def _count(self, output: Dict[str, Any]) -> None:
        """Adds a batch to the scores. These compare character offsets, so gold entities that tags
        cannot represent count as well. Called with gold tags only, since it copies the batch to the
        host, where scores compare Python objects."""
        self._scores(self._decoder.items(output), output["metadata"])

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The means of the two losses and the accuracy of tags; out of training also entity and
        relation scores and their mean, `overall`. All scores on reset, before that only the main
        ones."""
        metrics = {name: average.get_metric(reset) for name, average in self._losses.items()}
        metrics["tag_accuracy"] = self._tag_accuracy.get_metric(reset)
        if not self.training:
            metrics.update(self._scores.get_metric(reset))
            metrics["overall"] = overall(metrics)
        return metrics

    def training_metrics(self) -> List[TrainingMetric]:
        return [*self._losses.values(), self._tag_accuracy]
