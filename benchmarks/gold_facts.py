"""Makes SNERL with random weights find what a good model would find."""

import math
from typing import Any, Dict, NamedTuple

import torch
from torch import Tensor

from bio_ie.data.fields.document_graph_field import DocumentGraphTensors
from bio_ie.models.snerl import Snerl
from bio_ie.models.snerl.entity_links import places_within
from bio_ie.models.snerl.mention_pairs import MentionPairs

LIFT = 20.0
"""The number that is added to the score of a right answer, and subtracted from the score of a wrong
relation."""
TEMPERATURE = 0.05
"""The temperature of `smax`. It is so low that a single good piece of evidence decides."""


class GoldFacts(NamedTuple):
    """The numbers that are added to the scores of a batch, and the number of its facts."""

    links: Tensor
    """For the scores of links, `[P, 1]`."""
    pairs: Tensor
    """For the scores of pairs of mentions, `[pairs, columns]`."""
    num_facts: int


NOTHING = GoldFacts(torch.zeros(()), torch.zeros(()), 0)
"""`GoldFacts` that do not change the scores."""


@torch.no_grad()
def gold_facts(model: Snerl, tensors: Dict[str, Any]) -> GoldFacts:
    """The facts of a batch with labels. A mention names those of its candidates that the document
    is known to be about or, if there are none, its first candidate."""
    graph: DocumentGraphTensors = tensors["graph"]
    mention, entity = graph["links"].unbind(1)
    is_gold = graph["gold_entities"][entity]
    order = places_within(mention, (~is_gold).float())
    chosen = is_gold | (order == 0)
    num_mentions, num_entities = len(graph["mentions"]), len(graph["keys"])
    names = torch.zeros(num_mentions, num_entities, device=entity.device)
    names[mention[chosen], entity[chosen]] = 1
    rows = graph["mentions"][:, 0]
    head, tail = MentionPairs.of_rows(rows, len(tensors["metadata"])).all()
    first, second, relation = graph["facts"].unbind(1)
    labels = torch.zeros(len(head), len(model.relations), dtype=torch.bool, device=head.device)
    for number in range(len(model.relations)):
        related = torch.zeros(num_entities, num_entities, device=entity.device)
        related[first[relation == number], second[relation == number]] = 1
        labels[:, number] = (names @ related @ names.T)[head, tail] > 0
    lifted = LIFT * (2 * labels.float() - 1)
    return GoldFacts(LIFT * chosen.float().unsqueeze(1), lifted, len(graph["facts"]))


class GoldFactHooks:
    """Hooks that make a `Snerl` predict given `GoldFacts`, by one addition per kind of score."""

    def __init__(self, model: Snerl) -> None:
        self.given = NOTHING
        assert model.linker is not None
        model.linker.scorer.register_forward_hook(lambda *args: args[-1] + self.given.links)
        model.pair_scorer.register_forward_hook(lambda *args: args[-1] + self.given.pairs)
        temperature = getattr(model.fact_pooling.pooling, "log_temperature", None)
        if temperature is not None:
            temperature.data.fill_(math.log(TEMPERATURE))
