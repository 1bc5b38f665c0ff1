"""Scores of concepts that mentions were linked to."""

from bio_ie.data.concept_items import MentionLink
from bio_ie.metrics.item_f1 import ItemF1
from bio_ie.metrics.match_counts import Key


def _strict(item: MentionLink) -> Key:
    return item.start, item.end, item.concept_id, ""


class MentionLinkingF1(ItemF1[MentionLink]):
    """Entity linking by mentions (Mohan and Li 2019): document, start, end and concept agree; one
    item for each concept of a mention. A predicted mention a word longer or shorter than the gold
    one is wrong, and the gold one missed. Micro.

    * `strict` (names without prefix): as above, whatever the types.
    * `typed`: the types agree too; also by type.

    # Parameters

    per_type : `bool`, optional (default = `True`)
        Whether `get_metric` reports every type too.
    """

    criteria = {"strict": _strict, "typed": tuple}
    macro_criteria = ()
    type_criterion = "typed"
