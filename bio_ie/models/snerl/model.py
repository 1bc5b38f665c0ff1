"""Simultaneous neural entity-relation linking (SNERL), and its BRAN baselines."""

from typing import Any, Dict, List, Optional, Tuple

import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import Seq2SeqEncoder, TextFieldEmbedder
from allennlp.modules.span_extractors import SpanExtractor
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_text_field_mask
from torch.nn import functional

from bio_ie.data.fields.background_graph_field import CONCEPTS
from bio_ie.data.fields.document_graph_field import FACTS, DocumentGraphTensors
from bio_ie.metrics.document_graph_scores import DocumentGraphScores
from bio_ie.metrics.tensor_average import TensorAverage
from bio_ie.metrics.threshold_f1 import NUM_BINS
from bio_ie.metrics.thresholds import Thresholds, load_under_earlier_names
from bio_ie.metrics.training_metric import TrainingMetric
from bio_ie.models.snerl.document_supervision import document_entity_loss, fact_targets
from bio_ie.models.snerl.entity_links import entity_links, sampled_entities
from bio_ie.models.snerl.fact_activation import FactActivation
from bio_ie.models.snerl.fact_pooling import FactPooling, FactScores
from bio_ie.models.snerl.linked_mentions import linked_mentions
from bio_ie.models.snerl.mention_linker import MentionLinker
from bio_ie.models.snerl.mention_pairs import MentionPairs
from bio_ie.models.snerl.predicted_document_graph import ScoredFacts, predicted_document_graph
from bio_ie.models.vocabulary_labels import vocabulary_labels
from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.pair_scorers import PairScorer
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.row_items import row_lists
from bio_ie.text.document import Fact


@Model.register("snerl")
class Snerl(Model):
    """Links mentions to concepts and finds the facts between these concepts, both at once, trained
    only on the facts of whole documents.

    1. The document is encoded once. Each mention m gets probabilities of its candidates, p(e | m)
       (eq. 1), and each pair of mentions gets scores of relations (eq. 2).
    2. The evidence of pairs of mentions for a fact, `p(e1 | m_i) p(r | m_i, m_j) p(e2 | m_j)`
       (eq. 3), is pooled into the probability of the fact (eq. 4).
    3. The loss (eq. 5) is the cross-entropy of facts, divided by the number of gold facts of the
       document, plus `entity_loss_weight` times the cross-entropy of entities, whose probability in
       the document is `max_m p(e | m)`.

    With instances whose links are given (`DocumentGraphReader`, `links`), without a `linker` and
    with `logsumexp` pooling and `softmax`, the model is BRAN (Verga et al. 2018). As in the SNERL
    paper, it has a hidden layer where the original BRAN has its biaffine form; `pair_scorer` may be
    biaffine too.

    Registered as a `Model` with name "snerl". Instances come from `document_graph`.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
    pair_scorer : `PairScorer`
        s(r, m_i, m_j); in the paper it is an `mlp` of `x,y`.
    pooling : `Pooling`
        Eq. 4: `smax`, `max`, `mean` or `noisy_or` of probabilities, or `logsumexp` of logits.
    argument_dim : `int`
        The size of the head's and the tail's vector.
    encoder : `Seq2SeqEncoder`, optional
        Applied to the embedded words; in the paper it is `bran_transformer`.
    linker : `MentionLinker`, optional
        Eq. 1; without it, every link must be given.
    span_extractor : `SpanExtractor`, optional
        Gives h_m from all words of a mention. By default h_m is the vector of the first word (as in
        the paper).
    dropout : `float`, optional (default = `0.0`)
        p_i, the dropout of the encoder's input vectors of words.
    argument_dropout : `float`, optional (default = `0.0`)
        p_s, the dropout of the heads' and tails' vectors.
    relation_activation : `str`, optional (default = `"sigmoid"`)
        `"sigmoid"` or `"softmax"`; see `FactActivation`.
    fact_weight : `float`, optional (default = `5.0`)
        w_t, the weight of gold facts against others.
    entity_weight : `float`, optional (default = `2.0`)
        w_e, the weight of gold entities against others.
    entity_loss_weight : `float`, optional (default = `0.1`)
        alpha, the weight of the loss of entities.
    negative_entities : `int`, optional (default = `100`)
        n-, the number of entities besides the gold ones that take part in the loss of facts.
    k : `int`, optional (default = `15`)
        The number of mentions of an entity that take part, those that name it most probably.
    inference_k : `int`, optional
        The same number out of training. Default: `k`.
    max_items : `int`, optional (default = `2_000_000`)
        See `FactPooling`.
    with_same_entity, with_same_mention : `bool`, optional (default = `True`)
        See `FactPooling`.
    min_probability : `float`, optional (default = `0.01`)
        Facts that are less probable are left out in prediction, and no threshold is lower.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` when labels are given. Out of training it uses the first negative entities instead of
    random ones. Out of training also, for each row: `links` `[n, 2]` (mention and entity) with
    `link_probabilities`, for the most probable concept of each mention, or for all given concepts;
    `facts` `[n, 3]` (head, tail, relation) with `fact_probabilities`, for the facts that reach
    their thresholds; and `metadata`.
    """

    default_predictor = "document"
    links_mentions = True

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        pair_scorer: Lazy[PairScorer],
        pooling: Pooling,
        argument_dim: int,
        encoder: Optional[Seq2SeqEncoder] = None,
        linker: Optional[Lazy[MentionLinker]] = None,
        span_extractor: Optional[Lazy[SpanExtractor]] = None,
        dropout: float = 0.0,
        argument_dropout: float = 0.0,
        relation_activation: str = "sigmoid",
        fact_weight: float = 5.0,
        entity_weight: float = 2.0,
        entity_loss_weight: float = 0.1,
        negative_entities: int = 100,
        k: int = 15,
        inference_k: Optional[int] = None,
        max_items: int = 2_000_000,
        with_same_entity: bool = True,
        with_same_mention: bool = True,
        min_probability: float = 0.01,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        if min(k, inference_k or k, max_items) < 1 or negative_entities < 0:
            raise ConfigurationError("k, inference_k and max_items must be positive")
        if not 0 < min_probability < 1:
            raise ConfigurationError(f"min_probability must be in (0, 1), not {min_probability}")
        self.text_field_embedder = text_field_embedder
        self.encoder = encoder
        self.dropout = torch.nn.Dropout(dropout)
        token_dim = encoder.get_output_dim() if encoder else text_field_embedder.get_output_dim()
        self.span_extractor = None
        if span_extractor is not None:
            self.span_extractor = span_extractor.construct(input_dim=token_dim)
        mention_dim = self.span_extractor.get_output_dim() if self.span_extractor else token_dim
        self.linker = None
        if linker is not None:
            self.linker = linker.construct(token_dim=token_dim, mention_dim=mention_dim)

        self.relations = vocabulary_labels(vocab, FACTS)
        self.activation = FactActivation(len(self.relations), relation_activation, pooling)
        self.head_network = ffnn(mention_dim, [argument_dim], argument_dim)
        self.tail_network = ffnn(mention_dim, [argument_dim], argument_dim)
        self.argument_dropout = torch.nn.Dropout(argument_dropout)
        self.pair_scorer = pair_scorer.construct(
            head_dim=argument_dim, tail_dim=argument_dim, num_labels=self.activation.num_columns
        )
        self.fact_pooling = FactPooling(pooling, max_items, with_same_entity, with_same_mention)
        self.fact_weight = fact_weight
        self.entity_weight = entity_weight
        self.entity_loss_weight = entity_loss_weight
        self.negative_entities = negative_entities
        self.k = k
        self.inference_k = inference_k or k
        self.min_probability = min_probability
        self.decision = Thresholds(self.relations)
        load_under_earlier_names(self, {"thresholds": "decision.thresholds"})

        self._losses = {"fact_loss": TensorAverage(), "entity_loss": TensorAverage()}
        seen = set(vocabulary_labels(vocab, CONCEPTS))
        self._scores = DocumentGraphScores(self.decision, seen)

    def forward(
        self,
        words: TextFieldTensors,
        graph: DocumentGraphTensors,
        metadata: List[Dict[str, Any]],
    ) -> Dict[str, Any]:
        """
        # Parameters

        words : `TextFieldTensors`
            `B` documents of up to `N` words.
        graph : `DocumentGraphTensors`
            See `DocumentGraphField`.
        metadata : `List[Dict[str, Any]]`
            See `DocumentGraphReader`.
        """
        num_rows = len(metadata)
        x, mask = self._words(words)
        mentions = self._mention_vectors(x, graph["mentions"])  # h_m, [M, mention_dim]
        log_p = self._link(x, mask, mentions, graph)  # eq. 1, [P]
        pairs = MentionPairs.of_rows(graph["mentions"][:, 0], num_rows)
        heads = self.argument_dropout(self.head_network(mentions))
        tails = self.argument_dropout(self.tail_network(mentions))
        pair_scores = self.pair_scorer(heads, tails, *pairs.all())  # s of eq. 2, [pairs, columns]

        output: Dict[str, Any] = {}
        if "facts" in graph:
            output["loss"] = self._loss(log_p, pair_scores, pairs, graph)
        if not self.training:
            is_real = torch.tensor([not row["is_padding"] for row in metadata], device=x.device)
            facts = self._facts(log_p, pair_scores, pairs, graph, is_real)
            output.update(predicted_document_graph(facts, log_p, graph, num_rows))
            output["metadata"] = metadata
            if "facts" in graph:
                self._count_gold(output)
        return output

    def _words(self, words: TextFieldTensors) -> Tuple[torch.Tensor, torch.Tensor]:
        """The vectors of words, `[B, N, token_dim]`, and their mask."""
        mask = get_text_field_mask(words)
        x = self.dropout(self.text_field_embedder(words))
        if self.encoder is not None:
            x = self.encoder(x, mask)
        return x, mask

    def _mention_vectors(self, x: torch.Tensor, mentions: torch.Tensor) -> torch.Tensor:
        row, first, last = mentions.unbind(1)
        if self.span_extractor is None:
            return x[row, first]
        # The documents are laid end to end, so that no span is padding. There is one span more,
        # since extractors need at least one.
        ends = row.unsqueeze(1) * x.size(1) + torch.stack([first, last], dim=1)
        ends = functional.pad(ends, (0, 0, 0, 1))
        return self.span_extractor(x.flatten(0, 1).unsqueeze(0), ends.unsqueeze(0))[0, :-1]

    def _link(
        self,
        x: torch.Tensor,
        mask: torch.Tensor,
        mentions: torch.Tensor,
        graph: DocumentGraphTensors,
    ) -> torch.Tensor:
        """`log p(e | m)` of each link; 0 for given links."""
        given = graph["link_given"]
        if self.linker is not None:
            return self.linker(x, mask, mentions, graph).masked_fill(given, 0)
        if not bool(given.all()):
            raise ConfigurationError(
                "the instances have candidates to choose from, but the model has no linker"
            )
        return x.new_zeros(len(given), dtype=torch.float)

    def _loss(
        self,
        log_p: torch.Tensor,
        pair_scores: torch.Tensor,
        pairs: MentionPairs,
        graph: DocumentGraphTensors,
    ) -> torch.Tensor:
        """Eq. 5, as the mean over documents."""
        num_rows = len(pairs.num_mentions)
        rows = graph["entity_rows"]
        chosen = sampled_entities(
            graph["gold_entities"], rows, self.negative_entities, num_rows, self.training
        )
        k = self.k if self.training else self.inference_k
        links = entity_links(graph["links"], log_p, rows, chosen, k)

        def of_rows(part: FactScores) -> torch.Tensor:
            """The sum of losses and the number of gold facts of each row, `[2, B]`."""
            targets = fact_targets(part, links, graph, len(self.relations))
            losses = self.activation.loss(part.scores, targets, self.fact_weight)
            num_gold = (targets & self.activation.has_evidence(part.scores).unsqueeze(1)).sum(1)
            row = links.row[part.head].expand(2, -1)
            values = torch.stack([losses, num_gold.to(losses.dtype)])
            return values.new_zeros(2, num_rows).scatter_add(1, row, values)

        parts = self.fact_pooling(links, pair_scores, pairs, apply=of_rows)
        losses, num_gold = torch.stack(list(parts)).sum(0)
        loss = (losses / num_gold.clamp(min=1)).mean()
        self._losses["fact_loss"](loss, num_rows)
        if self.entity_loss_weight > 0:
            entity_loss = document_entity_loss(log_p, graph, self.entity_weight, num_rows)
            self._losses["entity_loss"](entity_loss, num_rows)
            loss = loss + self.entity_loss_weight * entity_loss
        return loss

    @torch.no_grad()
    def _facts(
        self,
        log_p: torch.Tensor,
        pair_scores: torch.Tensor,
        pairs: MentionPairs,
        graph: DocumentGraphTensors,
        is_real: torch.Tensor,
    ) -> ScoredFacts:
        """The facts between any entities that reach their thresholds. With labels, also counts the
        facts of real rows `[B]` that are at least `min_probability` probable."""
        rows = graph["entity_rows"]
        everything = torch.ones_like(rows, dtype=torch.bool)
        links = entity_links(graph["links"], log_p, rows, everything, self.inference_k)
        found = []
        for part in self.fact_pooling(links, pair_scores, pairs, self._lowest_probability(graph)):
            probability = self.activation.log_probabilities(part.scores).exp()
            pair, relation = (probability >= self.min_probability).nonzero(as_tuple=True)
            head, tail = links.entity[part.head[pair]], links.entity[part.tail[pair]]
            possible = ScoredFacts(head, tail, relation, probability[pair, relation])
            if "facts" in graph:
                self._count(possible.chosen(is_real[rows[head]]), graph)
            reached = self.decision.reached(possible.probability, relation)
            found.append(possible.chosen(reached))
        return ScoredFacts(*(torch.cat(column) for column in zip(*found, strict=True)))

    def _lowest_probability(self, graph: DocumentGraphTensors) -> Optional[torch.Tensor]:
        """The probability below which facts need not be computed; `None` if all must be."""
        if self.activation.is_softmax or not self.relations:
            return None
        thresholds = self.decision.thresholds
        lowest = thresholds.amin() if "facts" not in graph else thresholds.new_zeros(())
        return lowest.sub(1 / NUM_BINS).clamp(min=self.min_probability)

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """Gives for each document its `mentions`, with the concepts that they name and the
        probabilities of these, and its `facts`."""
        facts = [
            [
                Fact(self.relations[relation], entities[head], entities[tail], probability)
                for (head, tail, relation), probability in zip(found, probabilities, strict=True)
            ]
            for entities, found, probabilities in zip(
                [metadata["entities"] for metadata in output_dict["metadata"]],
                row_lists(output_dict["facts"]),
                row_lists(output_dict["fact_probabilities"]),
                strict=True,
            )
        ]
        return {"mentions": linked_mentions(output_dict), "facts": facts}

    def _count(self, facts: ScoredFacts, graph: DocumentGraphTensors) -> None:
        """Adds possible facts to the scores."""
        num_entities, num_relations = len(graph["entity_rows"]), len(self.relations)
        keys = (facts.head * num_entities + facts.tail) * num_relations + facts.relation
        head, tail, relation = graph["facts"].unbind(1)
        gold = (head * num_entities + tail) * num_relations + relation
        self._scores.add_facts(facts.relation, facts.probability, torch.isin(keys, gold))

    def _count_gold(self, output: Dict[str, Any]) -> None:
        """Adds the links of a batch and all gold facts to the scores. A gold fact whose entities
        are not in the graph counts as missed."""
        self._scores.add_gold_facts(output["metadata"])
        self._scores.add_links(linked_mentions(output), output["metadata"])

    def training_metrics(self) -> List[TrainingMetric]:
        return list(self._losses.values())

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The means of the losses and what is learned of the pooling (the `temperature` of `smax`);
        out of training also the scores (`DocumentGraphScores`), with the model's thresholds and
        with others."""
        metrics = {name: average.get_metric(reset) for name, average in self._losses.items()}
        metrics.update(self.fact_pooling.pooling.get_metrics())
        if self.linker is not None:
            metrics.update(self.linker.get_metrics(reset))
        if not self.training:
            metrics.update(self._scores.get_metric(reset))
        return metrics
