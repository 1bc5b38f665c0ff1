"""Facts that documents state, as sets."""

from bio_ie.data.concept_items import FactItem
from bio_ie.metrics.item_f1 import ItemF1


class DocumentFactF1(ItemF1[FactItem]):
    """Facts, (document, head, relation, tail), that were predicted for good: `fact_f1` is for
    those that still have probabilities. Micro, macro and by relation.
    """

    criteria = {"strict": tuple}
    macro_criteria = ("strict",)
