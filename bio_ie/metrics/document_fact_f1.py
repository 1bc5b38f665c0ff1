"""Scores of the facts that documents state."""

from bio_ie.data.concept_items import FactItem
from bio_ie.metrics.item_f1 import ItemF1


class DocumentFactF1(ItemF1[FactItem]):
    """Precision, recall and F1 of predicted facts (document, head, relation, tail), as sets. Micro,
    macro and by relation. For possible facts that have probabilities, see `ThresholdF1`.
    """

    criteria = {"strict": tuple}
    macro_criteria = ("strict",)
