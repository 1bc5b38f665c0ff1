"""Compares `mention_linking_f1` with sets that are counted in a slow and simple way."""

from typing import Any, Dict, List, Set, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.concept_items import linking_items
from bio_ie.metrics import MentionLinkingF1
from bio_ie.text.document import Mention

ids = st.lists(st.sampled_from(["C1", "C2", "C3"]), max_size=3)
mentions = st.builds(
    lambda start, length, type_, concepts: Mention(
        "", start, start + length, type_, tuple(concepts)
    ),
    st.integers(0, 3),
    st.integers(1, 2),
    st.sampled_from(["A", "B"]),
    ids,
)
rows = st.lists(st.tuples(st.lists(mentions, max_size=5), st.lists(mentions, max_size=5)))


def items(documents: List[List[Mention]], typed: bool) -> Set[Tuple[Any, ...]]:
    """The items document, start, end and id, for every id of a composite (Mohan and Li 2019)."""
    found = set()
    for number, document in enumerate(documents):
        for mention in document:
            for concept_id in mention.concept_ids:
                item = (number, mention.start, mention.end, concept_id)
                found.add((*item, mention.type) if typed else item)
    return found


def brute_force(predicted: Any, gold: Any, typed: bool) -> Dict[str, float]:
    left, right = items(predicted, typed), items(gold, typed)
    correct = sum(item in right for item in left)
    precision = correct / len(left) if left else 0.0
    recall = correct / len(right) if right else 0.0
    f1 = 2 * precision * recall / (precision + recall) if correct else 0.0
    return {"precision": precision, "recall": recall, "f1": f1}


@given(rows)
def test_scores_are_those_of_sets_counted_by_hand(documents: List[Any]) -> None:
    predicted, gold = [row[0] for row in documents], [row[1] for row in documents]
    metric = MentionLinkingF1()
    for one, other in zip(predicted, gold, strict=True):
        metric([linking_items(one)], [linking_items(other)])
    result = metric.get_metric()
    for prefix, typed in (("", False), ("typed_", True)):
        for name, expected in brute_force(predicted, gold, typed).items():
            assert result[prefix + name] == pytest.approx(expected)
    of_type = [
        [[[m for m in row if m.type == type_] for row in rows] for rows in (predicted, gold)]
        for type_ in ("A", "B")
    ]
    for type_, (its_predicted, its_gold) in zip(("A", "B"), of_type, strict=True):
        for name, expected in brute_force(its_predicted, its_gold, True).items():
            assert result.get(f"{name}/{type_}", 0.0) == pytest.approx(expected)


def test_mentions_without_a_type_are_no_type() -> None:
    untyped = [Mention("1", 0, 5, "", ("C1",))]
    metric = MentionLinkingF1()
    metric([linking_items(untyped)], [linking_items(untyped)])
    result = metric.get_metric()
    assert result["f1"] == result["typed_f1"] == 1.0
    assert not [name for name in result if "/" in name]
    assert "f1/A" not in MentionLinkingF1(per_type=False).get_metric()


def test_a_composite_that_is_half_right_and_a_mention_a_word_too_long() -> None:
    gold = [Mention("1", 0, 5, "A", ("C1", "C2")), Mention("2", 8, 12, "A", ("C3",))]
    predicted = [Mention("1", 0, 5, "B", ("C1", "C4")), Mention("2", 8, 14, "A", ("C3",))]
    metric = MentionLinkingF1()
    metric([linking_items(predicted)], [linking_items(gold)])
    result = metric.get_metric()
    assert (result["correct"], result["predicted"], result["gold"]) == (1, 3, 3)
    assert result["typed_correct"] == 0
