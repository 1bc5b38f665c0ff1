"""Turns the scores of a span graph into predicted entities and relations."""

from typing import Dict

import torch

from bio_ie.models.keci.kept_spans import KeptSpans, SpanGraph, span_probabilities
from bio_ie.models.predicted_graph import predicted_graph
from bio_ie.modules.relation_activation import PredictedRelations, RelationActivation
from bio_ie.modules.relation_candidates import RelationCandidates
from bio_ie.modules.row_items import RowItems


@torch.no_grad()
def predicted_span_graph(
    graph: SpanGraph, kept: KeptSpans, activation: RelationActivation
) -> Dict[str, RowItems]:
    """Predicts entities and relations. A kept span is an entity of its likeliest type, unless "no
    entity" is likeliest; relations are predicted between two entities.

    # Parameters

    graph : `SpanGraph`
        The scores of the kept spans.
    kept : `KeptSpans`
    activation : `RelationActivation`

    # Returns

    `Dict[str, RowItems]`
        The output of `predicted_graph`; and `span_probabilities`, `[kept spans, types + 1]`: the
        probabilities of no entity and of each type.
    """
    probabilities_of_types = span_probabilities(graph.entities)
    probability, type_ = probabilities_of_types.max(-1)
    is_entity = type_ > 0
    entity = is_entity.nonzero().squeeze(1)
    place = is_entity.cumsum(0) - 1
    probabilities = activation.probabilities(graph.relations, kept.head, kept.tail, len(kept.place))
    predicted = activation.predict(probabilities)
    joins_entities = is_entity[kept.head] & is_entity[kept.tail]
    between = joins_entities[predicted.pair].nonzero().squeeze(1)
    candidates = RelationCandidates(
        row=kept.spans.row[entity],
        start=kept.spans.first[entity],
        last=kept.spans.last[entity],
        type=type_[entity] - 1,
        head=place[kept.head],
        tail=place[kept.tail],
    )
    result = predicted_graph(
        candidates,
        probability[entity],
        PredictedRelations(*(column[between] for column in predicted)),
        activation.undirected,
    )
    result["span_probabilities"] = RowItems(probabilities_of_types, kept.spans.row)
    return result
