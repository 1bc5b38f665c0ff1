"""Facts that documents state, as sets."""

from allennlp.training.metrics import Metric

from bio_ie.data.concept_items import FactItem
from bio_ie.metrics.item_f1 import ItemF1


@Metric.register("document_fact_f1")
class DocumentFactF1(ItemF1[FactItem]):
    """Facts, (document, head, relation, tail), that were predicted for good: `fact_f1` is for
    those that still have probabilities. Micro, macro and by relation.

    Registered as a `Metric` with name "document_fact_f1".
    """

    criteria = {"strict": tuple}
    macro_criteria = ("strict",)
