"""Turns the facts of a document into targets for pairs of entities and a loss for entities."""

import torch

from bio_ie.data.fields.document_graph_field import DocumentGraphTensors
from bio_ie.models.snerl.entity_links import EntityLinks
from bio_ie.models.snerl.fact_activation import weighted_binary_cross_entropy
from bio_ie.models.snerl.fact_pooling import FactScores
from bio_ie.modules.segments import segment_sum


def fact_targets(
    part: FactScores, links: EntityLinks, graph: DocumentGraphTensors, num_relations: int
) -> torch.Tensor:
    """Whether each pair of entities is a gold fact of each relation, `[Q, R]`, bool."""
    num_pairs, device = len(part.head), part.head.device
    targets = torch.zeros(num_pairs, num_relations, dtype=torch.bool, device=device)
    if not num_pairs:
        return targets
    head, tail, relation = graph["facts"].unbind(1)
    num_entities = len(graph["keys"])
    keys = links.entity[part.head] * num_entities + links.entity[part.tail]  # ascending
    wanted = head * num_entities + tail
    place = torch.searchsorted(keys, wanted).clamp(max=num_pairs - 1)
    here = (keys[place] == wanted).nonzero().squeeze(1)
    targets[place[here], relation[here]] = True
    return targets


def document_entity_loss(
    log_p: torch.Tensor, graph: DocumentGraphTensors, positive_weight: float, num_rows: int
) -> torch.Tensor:
    """The second term of eq. 5 of SNERL, as the mean over documents: the cross-entropy of all
    entities, with `p(e | document) = max_m p(e | m)`, divided by the number of gold entities.
    Entities whose links are given are left out, because they are known anyway.

    # Parameters

    log_p : `torch.Tensor`
        `[P]`, `log p(e | m)` of each link.
    graph : `DocumentGraphTensors`
    positive_weight : `float`
        w_e, the weight of gold entities.
    num_rows : `int`
    """
    entity = graph["links"][:, 1]
    is_gold, rows = graph["gold_entities"], graph["entity_rows"]
    best = log_p.new_full((len(rows),), -torch.inf).scatter_reduce(0, entity, log_p, "amax")
    given = torch.zeros_like(is_gold)
    given[entity[graph["link_given"]]] = True
    losses = weighted_binary_cross_entropy(best, is_gold, positive_weight).masked_fill(given, 0)
    sums = segment_sum(losses, rows, num_rows)
    gold = segment_sum((is_gold & ~given).to(sums.dtype), rows, num_rows)
    return (sums / gold.clamp(min=1)).mean()
