"""The scores of the mentions and relations that a model predicts."""

from typing import Any, Dict, Mapping, Sequence

from bio_ie.data.items import Items
from bio_ie.metrics.entity_f1 import EntityF1
from bio_ie.metrics.item_f1 import named_scores
from bio_ie.metrics.relation_f1 import RelationF1


class GraphScores:
    """`EntityF1` and `RelationF1` of the graphs that a model predicts for texts. The gold items
    come from the metadata of the instances, so items that labels or spans cannot express count as
    missed."""

    def __init__(self) -> None:
        self._entity_f1 = EntityF1()
        self._relation_f1 = RelationF1()

    def __call__(self, predicted: Sequence[Items], metadata: Sequence[Mapping[str, Any]]) -> None:
        """
        # Parameters

        predicted : `Sequence[Items]`
            The items of each text, with character offsets in the document.
        metadata : `Sequence[Mapping[str, Any]]`
            The metadata of each text, with `gold_entities`, `gold_relations` and `is_padding`.
        """
        real = [not text["is_padding"] for text in metadata]
        entities = [entities for entities, _ in predicted]
        relations = [relations for _, relations in predicted]
        self._entity_f1(entities, [text["gold_entities"] for text in metadata], real)
        self._relation_f1(relations, [text["gold_relations"] for text in metadata], real)

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """The scores `entity_*` and `relation_*`: all scores on reset, otherwise only the main
        ones."""
        return {
            **named_scores("entity", self._entity_f1.get_metric(reset), everything=reset),
            **named_scores("relation", self._relation_f1.get_metric(reset), everything=reset),
        }


def overall(scores: Mapping[str, float]) -> float:
    """The mean of the F1 of mentions and the F1 of relations, which decides the best epoch."""
    return (scores["entity_f1"] + scores["relation_f1"]) / 2
