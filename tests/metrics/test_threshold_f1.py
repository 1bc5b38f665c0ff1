from typing import Any, List

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.metrics.threshold_f1 import ThresholdF1, at_least

RELATIONS = ["causes", "treats"]
FACTS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1000).map(lambda n: n / 1000), st.booleans()),
    max_size=12,
)


def counted(facts: List[Any], unreachable: List[str], parts: int = 1) -> ThresholdF1:
    metric = ThresholdF1(RELATIONS)
    for part in range(parts):
        some = facts[part::parts]
        relation = torch.tensor([r for r, _, _ in some], dtype=torch.long)
        probability = torch.tensor([p for _, p, _ in some], dtype=torch.float)
        is_gold = torch.tensor([g for _, _, g in some], dtype=torch.bool)
        gold = [RELATIONS[r] for r, _, g in some if g] + (unreachable if part == 0 else [])
        metric(relation, probability, is_gold, gold)
    return metric


def f1(facts: List[Any], num_gold: int, thresholds: List[float]) -> float:
    """The scores, calculated from sets."""
    found = [g for r, p, g in facts if p >= thresholds[r] - 1e-6]
    return 2 * sum(found) / (len(found) + num_gold) if found or num_gold else 0.0


@settings(max_examples=60, deadline=None)
@given(
    facts=FACTS,
    unreachable=st.lists(st.sampled_from([*RELATIONS, "unknown"]), max_size=3),
    thresholds=st.lists(st.integers(1, 1000), min_size=2, max_size=2),
    parts=st.integers(1, 3),
)
def test_scores_are_those_of_sets_at_any_threshold(
    facts: List[Any], unreachable: List[str], thresholds: List[int], parts: int
) -> None:
    metric = counted(facts, unreachable, parts)
    num_gold = sum(g for _, _, g in facts) + len(unreachable)
    chosen = [threshold / 1000 for threshold in thresholds]
    scores = metric.get_metric(thresholds=torch.tensor(chosen))
    assert scores["f1"] == pytest.approx(f1(facts, num_gold, chosen))
    assert scores["gold"] == num_gold
    assert scores["half_f1"] == pytest.approx(f1(facts, num_gold, [0.5, 0.5]))
    assert metric.get_metric()["f1"] == scores["half_f1"]
    for number, name in enumerate(RELATIONS):
        own = [fact for fact in facts if fact[0] == number]
        own_gold = sum(g for _, _, g in own) + unreachable.count(name)
        assert scores[f"f1/{name}"] == pytest.approx(f1(own, own_gold, chosen))


@settings(max_examples=40, deadline=None)
@given(facts=FACTS, unreachable=st.lists(st.sampled_from(RELATIONS), max_size=2))
def test_no_other_threshold_is_better(facts: List[Any], unreachable: List[str]) -> None:
    metric = counted(facts, unreachable)
    num_gold = sum(g for _, _, g in facts) + len(unreachable)
    every = sorted({0.001, *(max(p, 0.001) for _, p, _ in facts), 1.0})
    shared = metric.best_thresholds(shared=True)
    assert shared[0] == shared[1]
    best = f1(facts, num_gold, [float(shared[0])] * 2)
    assert best == pytest.approx(max(f1(facts, num_gold, [t, t]) for t in every))
    apart = metric.best_thresholds().tolist()
    for number, name in enumerate(RELATIONS):
        own = [fact for fact in facts if fact[0] == number]
        own_gold = sum(g for _, _, g in own) + unreachable.count(name)
        values = [f1(own, own_gold, [t, t]) for t in every]
        assert f1(own, own_gold, apart) == pytest.approx(max(values))
        if max(values) == 0:
            assert apart[number] == 0.5


def test_what_is_predicted_is_what_is_counted() -> None:
    thresholds = torch.arange(1, 1001) / 1000
    assert at_least(thresholds, thresholds).all()
    assert not at_least(thresholds - 1e-5, thresholds).any()


def test_reset_forgets() -> None:
    metric = counted([(0, 0.9, True)], [])
    assert metric.get_metric(reset=True)["f1"] == 1.0
    assert metric.get_metric()["gold"] == 0
