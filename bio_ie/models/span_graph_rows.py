"""What a span graph predicts."""

from typing import Dict, List

import torch

from bio_ie.models.predicted_rows import Row, predicted_rows
from bio_ie.modules.precision import at_least_single
from bio_ie.modules.relation_activation import RelationActivation
from bio_ie.modules.relation_candidates import RelationCandidates
from bio_ie.modules.span_graph import KeptSpans, SpanGraph


@torch.no_grad()
def span_graph_rows(
    graph: SpanGraph, kept: KeptSpans, activation: RelationActivation, num_rows: int
) -> Dict[str, List[Row]]:
    """Entities and relations as numbers by text (`predicted_rows`): the likeliest type of each kept
    span, if that is one, and the relations between two entities.

    # Parameters

    graph : `SpanGraph`
        Of the kept spans.
    kept : `KeptSpans`
    activation : `RelationActivation`
    num_rows : `int`
    """
    probability, type_ = at_least_single(graph.entities).softmax(-1).max(-1)
    is_entity = type_ > 0
    entity = is_entity.nonzero().squeeze(1)
    place = is_entity.cumsum(0) - 1
    probabilities = activation.probabilities(graph.relations, kept.head, kept.tail, len(kept.place))
    pair, label, score = activation.predict(probabilities)
    is_predicted = is_entity[kept.head[pair]] & is_entity[kept.tail[pair]]
    candidates = RelationCandidates(
        row=kept.spans.row[entity],
        start=kept.spans.first[entity],
        last=kept.spans.last[entity],
        type=type_[entity] - 1,
        head=place[kept.head],
        tail=place[kept.tail],
    )
    return predicted_rows(
        candidates,
        probability[entity],
        pair[is_predicted],
        label[is_predicted],
        score[is_predicted],
        activation.undirected,
        num_rows,
    )
