"""Makes KECI with random weights find what a good model would find."""

from typing import Any, Dict, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from bio_ie.models.keci import Keci
from bio_ie.models.keci.kept_spans import keep_spans
from bio_ie.models.keci.span_graph_targets import SpanGraphTargets
from bio_ie.modules.text_spans import enumerate_spans

LIFT = 6.0
"""The number that is added to the score of a right answer. Random weights give scores within 1 of
0."""


class GoldGraph(NamedTuple):
    """The numbers that are added to the scores of a batch, and how much the model then finds."""

    initial_entities: Tensor
    """For the scores of all spans, `[S, types + 1]`."""
    entities: Tensor
    """For the scores of the kept spans, `[K, types + 1]`."""
    relations: Tensor
    """For the scores of the pairs of kept spans, `[P, columns]`."""
    entity_relations: Tensor
    """The same for those of the pairs that join two entities."""
    num_entities: int
    num_pairs: int

    @property
    def num_kept(self) -> int:
        return len(self.entities)


@torch.no_grad()
def gold_graph(model: Keci, tensors: Dict[str, Any]) -> GoldGraph:
    """The gold entities and relations of a batch with labels. The spans that are kept besides the
    entities are chosen here at random, so that the pairs of kept spans are known."""
    sentences = tensors["sentences"]
    gold = SpanGraphTargets(
        tensors["entities"], tensors["relations"], sentences, model.max_span_width
    )
    spans = enumerate_spans(sentences, model.max_span_width)
    types = gold.types(spans)
    num_kept = ((sentences >= 0).sum(1) * model.spans_per_word).long().clamp(min=1)
    scores = torch.zeros(len(types), len(model.entity_types) + 1, device=types.device)
    scores[:, 0] = torch.rand(len(types), device=types.device).where(types == 0, -1)
    kept = keep_spans(scores, spans, num_kept)
    # Spans with a lower score of "no entity" are kept first. So the order must be: entities, other
    # spans to keep, spans not to keep.
    answers = torch.zeros_like(types).index_copy(0, kept.place, types[kept.place])
    initial = LIFT * functional.one_hot(answers, scores.size(1)).to(scores)
    others = kept.place[answers[kept.place] == 0]
    initial[others, 0] = LIFT / 2
    labels = gold.labels(kept.spans, kept.head, kept.tail, len(model.relation_types))
    if model.relation_activation.is_softmax:
        labels = torch.cat([~labels.any(-1, keepdim=True), labels], dim=-1)
    entities = LIFT * functional.one_hot(answers[kept.place], scores.size(1)).to(scores)
    relations = LIFT * (2 * labels.to(scores) - 1)
    is_entity = answers[kept.place] > 0
    return GoldGraph(
        initial,
        entities,
        relations,
        relations[is_entity[kept.head] & is_entity[kept.tail]],
        int((answers > 0).sum()),
        len(kept.head),
    )


class GoldGraphs:
    """Makes a `Keci` predict a given `GoldGraph` as its initial and as its final graph, by one
    addition to each kind of score. The scores of entities are changed after `name_pooling`, because
    not every repetition of a name is annotated."""

    def __init__(self, model: Keci) -> None:
        self.graph = GoldGraph(*[torch.empty(0)] * 4, 0, 0)
        for head in (model.initial_head, model.final_head):
            if head is not None:
                head.pair_scorer.register_forward_hook(lambda *args: self._related(args[-1]))
        pooled = model.name_pooling.entities
        model.name_pooling.entities = (  # type: ignore[method-assign]
            lambda *args: self._typed(pooled(*args))
        )

    def _typed(self, scores: Tensor) -> Tensor:
        """The scores of all spans, or of those that were kept; no text keeps all of its spans."""
        is_initial = len(scores) == len(self.graph.initial_entities)
        return scores + (self.graph.initial_entities if is_initial else self.graph.entities)

    def _related(self, scores: Tensor) -> Tensor:
        """The scores of all pairs or, in prediction, of those that join two entities."""
        is_all = len(scores) == len(self.graph.relations)
        return scores + (self.graph.relations if is_all else self.graph.entity_relations)
