"""Which concepts a document names, wherever."""

from bio_ie.data.concept_items import LinkItem
from bio_ie.metrics.item_f1 import ItemF1


class DocumentLinkingF1(ItemF1[LinkItem]):
    """Entity linking by documents: of each, the set of concepts named, with the type of mention
    (Leaman and Lu 2016). How often and where a concept is named does not matter. Micro, macro and
    by type.
    """

    criteria = {"strict": tuple}
    macro_criteria = ("strict",)
