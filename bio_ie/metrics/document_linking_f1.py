"""Which concepts a document names, wherever."""

from operator import itemgetter
from typing import Tuple

from allennlp.training.metrics import Metric

from bio_ie.metrics.item_f1 import ItemF1

LinkItem = Tuple[str, str]
"""A concept, and the type of mention that names it."""


@Metric.register("document_linking_f1")
class DocumentLinkingF1(ItemF1[LinkItem]):
    """Entity linking by documents: of each, the set of concepts named, with the type of mention
    (Leaman and Lu 2016). How often and where a concept is named does not matter. Micro, macro and
    by type.

    Registered as a `Metric` with name "document_linking_f1".
    """

    criteria = {"strict": itemgetter(0, 1)}
    macro_criteria = ("strict",)
