"""Compares `entity_f1` and `relation_f1` with sets that are counted in a slow and simple way."""

import random
import socket
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import pytest
import torch
from allennlp.common.testing.distributed_test import init_process
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.metrics import EntityF1, RelationF1

TYPES = ["Chemical", "Disease", "Gene/Protein", "Cell line", "Cell_line"]

entities = st.builds(
    lambda start, length, type_: (start, start + length, type_),
    st.integers(0, 4),
    st.integers(1, 2),
    st.sampled_from(TYPES),
)
relations = st.tuples(entities, entities, st.sampled_from(["treats", "causes"]))

KEYS: Dict[str, Dict[str, Callable[[Any], Any]]] = {
    "entity_f1": {
        "": lambda item: item,
        "boundary_": lambda item: item[:2],
    },
    "relation_f1": {
        "": lambda item: item,
        "boundary_": lambda item: (item[0][:2], item[1][:2], item[2]),
        "last_word_": lambda item: (item[0][1:], item[1][1:], item[2]),
    },
}


def rows_of(items: Any) -> Any:
    """Rows of predicted items, gold items and the mask, duplicates and empty rows among them."""
    return st.lists(
        st.tuples(st.lists(items, max_size=6), st.lists(items, max_size=6), st.booleans()),
        max_size=5,
    )


def ratios(correct: int, predicted: int, gold: int) -> Tuple[float, float, float]:
    precision = correct / predicted if predicted else 0.0
    recall = correct / gold if gold else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1


def brute_force(
    predicted: Sequence[Any], gold: Sequence[Any], key: Callable[[Any], Any]
) -> Dict[str, float]:
    """Items tagged with their rows, as one set for each side."""
    left = {(row, key(item)) for row, items in enumerate(predicted) for item in items}
    right = {(row, key(item)) for row, items in enumerate(gold) for item in items}
    counts = len(left & right), len(left), len(right)
    names = ("correct", "predicted", "gold", "precision", "recall", "f1")
    return dict(zip(names, (*counts, *ratios(*counts)), strict=True))


def brute_force_by_type(
    predicted: Sequence[Any], gold: Sequence[Any], key: Callable[[Any], Any]
) -> Dict[str, Dict[str, float]]:
    types = {item[-1] for items in [*predicted, *gold] for item in items}
    return {
        type_: brute_force(
            [[item for item in items if item[-1] == type_] for items in predicted],
            [[item for item in items if item[-1] == type_] for items in gold],
            key,
        )
        for type_ in types
    }


def check(name: str, predicted: Sequence[Any], gold: Sequence[Any], result: Any) -> None:
    for prefix, key in KEYS[name].items():
        for ratio, expected in brute_force(predicted, gold, key).items():
            assert result[prefix + ratio] == pytest.approx(expected), prefix + ratio
        if prefix == "boundary_" and name == "entity_f1":
            assert "boundary_macro_f1" not in result
            continue
        by_type = brute_force_by_type(predicted, gold, key)
        for ratio in ("precision", "recall", "f1"):
            values = [scores[ratio] for scores in by_type.values()]
            mean = sum(values) / len(values) if values else 0.0
            assert result[f"{prefix}macro_{ratio}"] == pytest.approx(mean)
    assert all(type(value) is float for value in result.values())


@given(rows_of(entities))
def test_entity_scores_equal_sets_counted_by_hand(rows: List[Any]) -> None:
    predicted, gold = [row[0] for row in rows], [row[1] for row in rows]
    metric = EntityF1()
    metric(predicted, gold)
    result = metric.get_metric()
    check("entity_f1", predicted, gold, result)
    for type_, scores in brute_force_by_type(predicted, gold, lambda item: item).items():
        if type_ in ("Chemical", "Disease", "Gene/Protein"):
            for ratio, expected in scores.items():
                assert result[f"{ratio}/{type_}"] == pytest.approx(expected)


@given(rows_of(relations))
def test_relation_scores_equal_sets_counted_by_hand(rows: List[Any]) -> None:
    predicted, gold = [row[0] for row in rows], [row[1] for row in rows]
    metric = RelationF1()
    metric(predicted, gold)
    result = metric.get_metric()
    check("relation_f1", predicted, gold, result)
    for type_, scores in brute_force_by_type(predicted, gold, lambda item: item).items():
        for ratio, expected in scores.items():
            assert result[f"{ratio}/{type_}"] == pytest.approx(expected)


@given(rows_of(relations), st.randoms(use_true_random=False), st.integers(1, 3))
def test_batches_and_order_do_not_change_a_score(
    rows: List[Any], shuffler: random.Random, size: int
) -> None:
    whole, parts = RelationF1(), RelationF1()
    whole([row[0] for row in rows], [row[1] for row in rows])
    for row in rows:
        shuffler.shuffle(row[0])
    shuffler.shuffle(rows)
    for i in range(0, len(rows), size):
        parts([row[0] for row in rows[i : i + size]], [row[1] for row in rows[i : i + size]])
        parts.get_metric()  # looking at the score in between does not change it
    assert parts.get_metric() == whole.get_metric()


@given(rows_of(entities))
def test_masked_rows_do_not_count(rows: List[Any]) -> None:
    masked, left_out = EntityF1(), EntityF1()
    masked([row[0] for row in rows], [row[1] for row in rows], mask=[row[2] for row in rows])
    kept = [row for row in rows if row[2]]
    left_out([row[0] for row in kept], [row[1] for row in kept])
    assert masked.get_metric() == left_out.get_metric()


def test_nothing_predicted_and_nothing_gold_is_0_with_the_counts_beside_it() -> None:
    metric = EntityF1()
    metric([[], []], [[], []])
    result = metric.get_metric()
    assert result["precision"] == result["recall"] == result["f1"] == result["macro_f1"] == 0.0
    assert result["correct"] == result["predicted"] == result["gold"] == 0.0


def test_a_type_found_nowhere_in_gold_lowers_the_macro_score() -> None:
    metric = EntityF1()
    metric([[(0, 1, "A"), (2, 3, "B")]], [[(0, 1, "A")]])
    result = metric.get_metric()
    assert (result["f1/A"], result["f1/B"], result["macro_f1"]) == (1.0, 0.0, 0.5)


def test_two_types_at_one_span_are_one_boundary_item() -> None:
    metric = EntityF1()
    metric([[(0, 1, "A"), (0, 1, "B")]], [[(0, 1, "A")]])
    result = metric.get_metric()
    assert (result["predicted"], result["boundary_predicted"]) == (2.0, 1.0)
    assert (result["f1"], result["boundary_f1"]) == (pytest.approx(2 / 3), 1.0)


def test_a_wrong_start_is_forgiven_by_last_word_alone() -> None:
    gold = ((0, 9, "Drug"), (12, 20, "Effect"), "causes")
    predicted = ((4, 9, "Drug"), (12, 20, "Effect"), "causes")
    metric = RelationF1()
    metric([[predicted]], [[gold]])
    result = metric.get_metric()
    assert (result["f1"], result["boundary_f1"], result["last_word_f1"]) == (0.0, 0.0, 1.0)


def test_a_wrong_mention_type_is_forgiven_by_boundary_alone() -> None:
    gold = ((0, 9, "Drug"), (12, 20, "Effect"), "causes")
    predicted = ((0, 9, "Gene"), (12, 20, "Effect"), "causes")
    metric = RelationF1()
    metric([[predicted]], [[gold]])
    result = metric.get_metric()
    assert (result["f1"], result["boundary_f1"], result["last_word_f1"]) == (0.0, 1.0, 0.0)


def test_names_suit_tensorboard_and_types_stay_apart() -> None:
    metric = EntityF1()
    row = [(0, 1, "Cell line"), (0, 1, "Cell_line"), (0, 1, "Zelle (Säuger)")]
    metric([row], [row[:1]])
    result = metric.get_metric()
    assert (result["f1/Cell_line"], result["f1/Cell_line_"]) == (1.0, 0.0)
    assert "f1/Zelle__Säuger_" in result


def test_reset_forgets() -> None:
    metric = EntityF1()
    metric([[(0, 1, "A")]], [[(0, 1, "A")]])
    assert metric.get_metric(reset=True)["f1"] == 1.0
    assert metric.get_metric() == EntityF1().get_metric()


def test_rows_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        EntityF1()([[]], [[], []])
    with pytest.raises(ValueError, match="differ in length"):
        EntityF1()([[]], [[]], mask=[True, True])


@pytest.mark.parametrize("kind", [EntityF1, RelationF1])
def test_types_are_left_out_if_not_wanted(kind: Any) -> None:
    metric = kind(per_type=False)
    item = (0, 1, "A") if kind is EntityF1 else ((0, 1, "A"), (2, 3, "B"), "r")
    metric([[item]], [[item]], None)
    assert not any("/" in key for key in metric.get_metric(reset=False))


def _random_rows(seed: int, num_rows: int) -> List[List[Any]]:
    rng = random.Random(seed)
    return [
        [
            ((start, start + 1, "A"), (start + 2, start + 3, "B"), rng.choice(TYPES))
            for start in rng.sample(range(6), 4)
        ]
        for _ in range(num_rows)
    ]


def _score_share(
    rank: int,
    world_size: int,
    device: int,
    predicted: List[Any],
    gold: List[Any],
    expected: Dict[str, float],
    mask: Optional[List[bool]] = None,
) -> None:
    metric = RelationF1()
    share = slice(rank, None, world_size)
    metric(predicted[share], gold[share], mask[share] if mask else None)
    assert metric.get_metric() == expected
    # Called once more, because the sum over processes must not have replaced the counts of this
    # process.
    assert metric.get_metric(reset=True) == expected
    assert metric.get_metric()["gold"] == 0.0


def test_two_processes_give_the_scores_of_one() -> None:
    predicted, gold = _random_rows(1, 7), _random_rows(2, 7)
    # Only one process sees the type "only here", and only on the predicted side. There is also a
    # copy that pads the last round.
    predicted[0].append(((0, 1, "A"), (0, 1, "A"), "only here"))
    mask = [True] * 7 + [False]
    metric = RelationF1()
    metric(predicted, gold)
    expected = metric.get_metric()
    assert 0 < expected["f1"] < 1
    predicted.append(predicted[-1])
    gold.append(gold[-1])
    arguments = (predicted, gold, expected, mask)
    # `run_distributed_test` does the same, but uses a port that another test may use.
    torch.multiprocessing.start_processes(
        init_process,
        args=(2, [-1, -1], _score_share, arguments, None, "127.0.0.1", _free_port()),
        nprocs=2,
        start_method="fork",
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
