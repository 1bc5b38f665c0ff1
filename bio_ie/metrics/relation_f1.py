"""Scores of predicted relations."""

from bio_ie.data.items import RelationItem
from bio_ie.metrics.item_f1 import ItemF1
from bio_ie.metrics.match_counts import Key


def _strict(item: RelationItem) -> Key:
    return item


def _boundary(item: RelationItem) -> Key:
    (head_start, head_end, _), (tail_start, tail_end, _), type_ = item
    return head_start, head_end, tail_start, tail_end, type_


def _last_word(item: RelationItem) -> Key:
    # Words do not overlap, so a mention's end offset stands for its last word.
    (_, head_end, head_type), (_, tail_end, tail_type), type_ = item
    return head_end, head_type, tail_end, tail_type, type_


class RelationF1(ItemF1[RelationItem]):
    """Precision, recall and F1 of relations between mentions. The order of head and tail counts:
    give both sides of an undirected relation in the same order (`relation_items` does).

    * `strict` (names without prefix): spans and types of both mentions and the relation's type
      agree. Micro, macro, by relation type.
    * `boundary`: both spans and the relation's type agree. Micro and macro.
    * `last_word`: both mentions' ends and types and the relation's type agree, which is what the
      released code of the joint NER and RE paper counts. Micro and macro.

    # Parameters

    per_type : `bool`, optional (default = `True`)
        Whether `get_metric` reports every type too.
    """

    criteria = {"strict": _strict, "boundary": _boundary, "last_word": _last_word}
    macro_criteria = ("strict", "boundary", "last_word")
