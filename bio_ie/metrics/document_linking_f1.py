"""Scores of the concepts that documents name."""

from typing import Iterable

from bio_ie.data.concept_items import LinkItem
from bio_ie.data.joined_types import by_member_type
from bio_ie.metrics.item_f1 import ItemF1


class DocumentLinkingF1(ItemF1[LinkItem]):
    """Precision, recall and F1 of entity linking by documents: each document counts as the set of
    the concepts that it names, with the types of the mentions (Leaman and Lu 2016). It does not
    matter how often and where a concept is named. Micro, macro and by type. A concept of joined
    semantic types (`T116,T123`) counts once for each of them.
    """

    criteria = {"strict": tuple}
    macro_criteria = ("strict",)

    @classmethod
    def parts(cls, item: LinkItem) -> Iterable[LinkItem]:
        return by_member_type(item)
