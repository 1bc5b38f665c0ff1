"""The part of a model's output that holds the entities and relations that it predicts."""

from typing import Dict

import torch

from bio_ie.modules.ragged import places_in_row
from bio_ie.modules.relation_activation import PredictedRelations
from bio_ie.modules.relation_candidates import RelationCandidates
from bio_ie.modules.row_items import RowItems


def predicted_graph(
    candidates: RelationCandidates,
    entity_probabilities: torch.Tensor,
    predicted: PredictedRelations,
    undirected: torch.Tensor,
) -> Dict[str, RowItems]:
    """Builds the output of predicted entities and relations, for a `GraphDecoder`.

    # Parameters

    candidates : `RelationCandidates`
    entity_probabilities : `torch.Tensor`
        `[K]`.
    predicted : `PredictedRelations`
        The relations between these candidates.
    undirected : `torch.Tensor`
        `[R]`, bool. Of an undirected relation, only the order whose head comes first is kept.

    # Returns

    `Dict[str, RowItems]`
        `entities` `[K, 3]`: first word, last word, type; `entity_probabilities` `[K]`; `relations`
        `[Q, 3]`: head, tail, type, with head and tail counting the row's entities; and
        `relation_probabilities` `[Q]`.
    """
    head, tail = candidates.head[predicted.pair], candidates.tail[predicted.pair]
    kept = (~undirected[predicted.label] | (head < tail)).nonzero().squeeze(1)
    head, tail, label = head[kept], tail[kept], predicted.label[kept]
    place = places_in_row(candidates.row)
    entities = torch.stack([candidates.start, candidates.last, candidates.type], dim=1)
    relations = torch.stack([place[head], place[tail], label], dim=1)
    relation_row = candidates.row[head]
    return {
        "entities": RowItems(entities, candidates.row),
        "entity_probabilities": RowItems(entity_probabilities, candidates.row),
        "relations": RowItems(relations, relation_row),
        "relation_probabilities": RowItems(predicted.probability[kept], relation_row),
    }
