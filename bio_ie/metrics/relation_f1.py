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
    """Precision, recall and F1 of relations between mentions. The order of head and tail counts, so
    the arguments of an undirected relation must have the same order in the predicted and in the
    gold items (`relation_items` sees to it).

    * `strict` (names without prefix): spans and types of both mentions and the relation's type
      agree. Micro, macro, by relation type.
    * `boundary`: both spans and the relation's type agree. Micro and macro.
    * `last_word`: the ends and types of both mentions and the relation's type agree. The released
      code of the joint NER and RE paper counts so. Micro and macro.

    # Parameters

    per_type : `bool`, optional (default = `True`)
        Whether `get_metric` reports every type too.
    """

    criteria = {"strict": _strict, "boundary": _boundary, "last_word": _last_word}
    macro_criteria = ("strict", "boundary", "last_word")
