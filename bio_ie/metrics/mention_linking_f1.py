"""Scores of the concepts to which mentions are linked."""

from typing import Iterable

from bio_ie.data.concept_items import MentionLink
from bio_ie.data.joined_types import by_member_type
from bio_ie.metrics.item_f1 import ItemF1
from bio_ie.metrics.match_counts import Key


def _strict(item: MentionLink) -> Key:
    return item.start, item.end, item.concept_id, ""


class MentionLinkingF1(ItemF1[MentionLink]):
    """Precision, recall and F1 of entity linking by mentions (Mohan and Li 2019). Each concept of a
    mention is one item. It is right if document, start, end and concept agree. If a predicted
    mention is one word longer or shorter than the gold mention, it is wrong and the gold mention
    is missed. Micro.

    * `strict` (names without prefix): as above. Types do not count.
    * `typed`: the types agree too. Also by type. A link of joined semantic types (`T116,T123`)
      counts once for each of them.

    # Parameters

    per_type : `bool`, optional (default = `True`)
        Whether `get_metric` reports every type too.
    """

    criteria = {"strict": _strict, "typed": tuple}
    macro_criteria = ()
    type_criterion = "typed"

    @classmethod
    def parts(cls, item: MentionLink) -> Iterable[MentionLink]:
        return by_member_type(item)
