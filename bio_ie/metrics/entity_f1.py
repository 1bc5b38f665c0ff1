"""Scores of predicted mentions."""

from typing import Iterable

from bio_ie.data.items import EntityItem
from bio_ie.data.joined_types import by_member_type
from bio_ie.metrics.item_f1 import ItemF1
from bio_ie.metrics.match_counts import Key


def _strict(item: EntityItem) -> Key:
    return item


def _boundary(item: EntityItem) -> Key:
    start, end, _ = item
    return start, end, ""


class EntityF1(ItemF1[EntityItem]):
    """Precision, recall and F1 of mentions.

    * `strict` (names without prefix): start, end and type agree. Micro, macro, by type.
    * `boundary`: start and end agree. Two mentions with the same span are one item, even if their
      types differ. Micro.

    A mention of joined semantic types (`T116,T123`) counts once for each of them, under `strict`.

    # Parameters

    per_type : `bool`, optional (default = `True`)
        Whether `get_metric` reports every type too.
    """

    criteria = {"strict": _strict, "boundary": _boundary}
    macro_criteria = ("strict",)

    @classmethod
    def parts(cls, item: EntityItem) -> Iterable[EntityItem]:
        return by_member_type(item)
