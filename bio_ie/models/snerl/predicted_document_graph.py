"""The predicted links and facts of documents, as a model's output."""

from typing import Dict, NamedTuple, Tuple

import torch

from bio_ie.data.fields.document_graph_field import DocumentGraphTensors
from bio_ie.models.snerl.entity_links import TIE, places_within
from bio_ie.modules.ragged import places_in_row
from bio_ie.modules.row_items import RowItems, split_rows


class ScoredFacts(NamedTuple):
    """Facts of a batch with their probabilities."""

    head: torch.Tensor
    """`[n]`, index among all entities."""
    tail: torch.Tensor
    """`[n]`, index among all entities."""
    relation: torch.Tensor
    """`[n]`"""
    probability: torch.Tensor
    """`[n]`"""

    def chosen(self, mask: torch.Tensor) -> "ScoredFacts":
        """The facts where `mask` `[n]` is true."""
        places = mask.nonzero().squeeze(1)
        return ScoredFacts(*(column[places] for column in self))


@torch.no_grad()
def predicted_document_graph(
    facts: ScoredFacts, log_p: torch.Tensor, graph: DocumentGraphTensors, num_rows: int
) -> Dict[str, Tuple[torch.Tensor, ...]]:
    """Splits links and facts by row, with mentions and entities numbered within the row.

    # Parameters

    facts : `ScoredFacts`
        The predicted facts.
    log_p : `torch.Tensor`
        `[P]`, `log p(e | m)` of each link of the graph. Each mention names its most probable
        entity, or all entities that are given for it.
    graph : `DocumentGraphTensors`
    num_rows : `int`

    # Returns

    `Dict[str, Tuple[torch.Tensor, ...]]`
        For each row `facts` `[n, 3]` (head, tail, relation) and `fact_probabilities`, `links`
        `[n, 2]` (mention, entity) and `link_probabilities`.
    """
    head, tail, relation, probability = facts
    rows = graph["entity_rows"]
    entity_place, mention_rows = places_in_row(rows), graph["mentions"][:, 0]
    fact_table = torch.stack([entity_place[head], entity_place[tail], relation], dim=1)
    # One part of the facts may begin in the row in which the part before it ends.
    order = torch.argsort(rows[head], stable=True)

    mention, entity = graph["links"].unbind(1)
    best = places_within(mention, -(log_p / TIE).round()) == 0
    of_mention = (best | graph["link_given"]).nonzero().squeeze(1)
    mention, entity, log_p = mention[of_mention], entity[of_mention], log_p[of_mention]
    link_table = torch.stack([places_in_row(mention_rows)[mention], entity_place[entity]], 1)
    return split_rows(
        {
            "facts": RowItems(fact_table[order], rows[head][order]),
            "fact_probabilities": RowItems(probability[order], rows[head][order]),
            "links": RowItems(link_table, rows[entity]),
            "link_probabilities": RowItems(log_p.exp(), rows[entity]),
        },
        num_rows,
    )
