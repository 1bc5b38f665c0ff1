"""Thresholds against counting, and how they travel in archives."""

import random
from typing import List, Tuple

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.metrics.thresholds import Thresholds, load_under_earlier_names

LABELS = ["causes", "treats"]
Item = Tuple[float, int, bool]


def some_items(number: int = 60) -> List[Item]:
    """Probability, label and whether it is right; probable ones are right more often."""
    chance = random.Random(3)
    items = []
    for _ in range(number):
        probability = chance.randrange(1001) / 1000
        items.append((probability, chance.randrange(2), chance.random() < probability))
    return items


def count(thresholds: Thresholds, items: List[Item]) -> None:
    probability, label, is_right = map(torch.tensor, zip(*items, strict=True))
    gold = [LABELS[label] for _, label, right in items if right]
    thresholds.count(probability, label, is_right, gold)


def f1(items: List[Item], values: List[float]) -> float:
    found = [right for probability, label, right in items if probability >= values[label] - 1e-6]
    return 2 * sum(found) / (len(found) + sum(right for *_, right in items))


def test_items_are_predicted_from_their_thresholds_on() -> None:
    thresholds = Thresholds(LABELS)
    thresholds.set(torch.tensor([0.3, 0.7]))
    items = some_items()
    reached = thresholds.reached(
        torch.tensor([p for p, *_ in items]), torch.tensor([label for _, label, _ in items])
    )
    assert reached.tolist() == [p >= (0.3, 0.7)[label] for p, label, _ in items]


def test_the_best_thresholds_of_what_was_counted_are_kept_and_no_others_are_better() -> None:
    thresholds, items = Thresholds(LABELS), some_items()
    assert thresholds.best() is None
    count(thresholds, items[:25])
    count(thresholds, items[25:])
    assert thresholds.get_metric(reset=True)["f1"] == pytest.approx(f1(items, [0.5, 0.5]))
    shared = thresholds.best(shared=True)
    apart = thresholds.best(shared=False)
    assert shared is not None
    assert apart is not None
    assert shared[0] == shared[1]
    best = max(f1(items, [number / 1000] * 2) for number in range(1, 1001))
    assert f1(items, shared.tolist()) == pytest.approx(best)
    for label in (0, 1):
        own = [item for item in items if item[1] == label]
        best = max(f1(own, [number / 1000] * 2) for number in range(1, 1001))
        assert f1(own, apart.tolist()) == pytest.approx(best)
    # Scoring changes nothing until the best ones are set.
    assert thresholds.thresholds.tolist() == [0.5, 0.5]
    thresholds.set(shared)
    count(thresholds, items)
    assert thresholds.get_metric()["f1"] == pytest.approx(f1(items, shared.tolist()))


def test_an_archive_holds_thresholds_unless_the_config_fixes_them() -> None:
    tuned = Thresholds(LABELS)
    tuned.set(torch.tensor([0.25, 0.75]))
    other = Thresholds(LABELS)
    other.load_state_dict(tuned.state_dict())
    assert other.thresholds.tolist() == [0.25, 0.75]
    fixed = Thresholds(LABELS, initial=0.125, fixed=True)
    assert fixed.state_dict() == {}
    fixed.load_state_dict(tuned.state_dict())
    assert fixed.thresholds.tolist() == [0.125, 0.125]
    with pytest.raises(ConfigurationError, match="the config gives a threshold"):
        fixed.set(tuned.thresholds)


def test_weights_of_earlier_archives_load_under_their_names() -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.decision = Thresholds(LABELS)
            load_under_earlier_names(self, {"thresholds": "decision.thresholds"})

    outer = torch.nn.ModuleDict({"inner": Model()})
    outer.load_state_dict({"inner.thresholds": torch.tensor([0.25, 0.75])})
    assert outer["inner"].decision.thresholds.tolist() == [0.25, 0.75]
    assert outer.state_dict().keys() == {"inner.decision.thresholds"}
