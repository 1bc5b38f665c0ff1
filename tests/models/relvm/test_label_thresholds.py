import random

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.models.relvm.label_thresholds import LabelThresholds

LABELS = ["A-B", "NO-RELATION", "B-C"]


def data(number: int = 80) -> "tuple[torch.Tensor, torch.Tensor]":
    torch.manual_seed(1)
    chance = random.Random(2)
    gold = torch.tensor([chance.choice([0, 1, 1, 1, 2]) for _ in range(number)])
    scores = torch.randn(number, 3) + torch.nn.functional.one_hot(gold, 3)
    return scores.softmax(1), gold


def naive(probabilities: torch.Tensor, gold: torch.Tensor, threshold: float) -> "list[float]":
    correct = predicted = 0
    for row, label in zip(probabilities.tolist(), gold.tolist(), strict=True):
        best = max((0, 2), key=lambda index: row[index])
        if row[best] >= threshold:
            predicted += 1
            correct += best == label
    total = int((gold != 1).sum())
    precision, recall = correct / max(predicted, 1), correct / total
    return [precision, recall, 2 * correct / (predicted + total)]


def test_scores_are_those_of_counting() -> None:
    probabilities, gold = data()
    decision = LabelThresholds(LABELS, "NO-RELATION")
    for some, their in zip(probabilities.split(9), gold.split(9), strict=True):
        decision.count_labels(some, their)
    for threshold in (0.2, 0.5, 0.9):
        decision.set(torch.full((2,), threshold))
        result = decision.get_metric()
        found = [result[name] for name in ("precision", "recall", "f1")]
        assert found == pytest.approx(naive(probabilities, gold, threshold))
        assert result["threshold"] == pytest.approx(threshold)
    best = max(naive(probabilities, gold, number / 1000)[2] for number in range(1, 1001))
    assert result["best_f1"] == pytest.approx(best)
    at_best = naive(probabilities, gold, result["best_threshold"] - 1e-9)[2]
    assert at_best == pytest.approx(best)


def test_a_confusion_of_positive_labels_is_a_wrong_and_a_missed_one() -> None:
    decision = LabelThresholds(LABELS, "NO-RELATION")
    decision.count_labels(torch.tensor([[0.1, 0.1, 0.8]]), torch.tensor([0]))
    result = decision.get_metric()
    assert (result["correct"], result["predicted"], result["gold"]) == (0, 1, 1)


def test_the_best_thresholds_are_those_of_the_last_reset() -> None:
    probabilities, gold = data()
    decision = LabelThresholds(LABELS, "NO-RELATION")
    assert decision.best(shared=True) is None
    decision.count_labels(probabilities, gold)
    best = decision.get_metric(reset=True)
    thresholds = decision.best(shared=True)
    assert thresholds is not None
    decision.set(thresholds)
    decision.count_labels(probabilities, gold)
    assert decision.get_metric()["f1"] == pytest.approx(best["best_f1"])
    assert thresholds[0] == thresholds[1] == pytest.approx(best["best_threshold"])
    assert decision.best(shared=False) is not None


def test_labels_below_their_threshold_are_negative() -> None:
    decision = LabelThresholds(LABELS, "NO-RELATION")
    decision.set(torch.tensor([0.3, 0.6]))
    probabilities = torch.tensor([[0.35, 0.6, 0.05], [0.0, 0.45, 0.55], [0.1, 0.2, 0.7]])
    assert decision(probabilities).tolist() == [0, 1, 2]
    assert decision.state_dict().keys() == {"thresholds"}


def test_without_a_threshold_the_likelier_of_positive_and_negative_is_predicted() -> None:
    probabilities, _ = data()
    decision = LabelThresholds(LABELS, "NO-RELATION", initial=None)
    assert decision(probabilities).tolist() == probabilities.argmax(1).tolist()
    decision.set(torch.tensor([0.3, 0.3]))
    expected = [
        max((0, 2), key=lambda index: row[index]) if max(row[0], row[2]) >= 0.3 else 1
        for row in probabilities.tolist()
    ]
    assert decision(probabilities).tolist() == expected


def test_a_fixed_threshold_is_in_no_archive_and_cannot_be_set() -> None:
    decision = LabelThresholds(LABELS, "NO-RELATION", initial=0.25, fixed=True)
    assert decision.state_dict() == {}
    with pytest.raises(ConfigurationError, match="the config gives a threshold"):
        decision.set(torch.zeros(2))
    other = LabelThresholds(LABELS, "NO-RELATION", initial=0.25, fixed=True)
    other.load_state_dict({})
    assert other.thresholds.tolist() == [0.25, 0.25]
    tuned = LabelThresholds(LABELS, "NO-RELATION", initial=0.75)
    other.load_state_dict(tuned.state_dict())  # an override of the config of an archive
    assert other.thresholds.tolist() == [0.25, 0.25]


def test_weights_without_thresholds_leave_those_of_the_config() -> None:
    decision = LabelThresholds(LABELS, "NO-RELATION", initial=None)
    decision.load_state_dict({})
    probabilities, _ = data()
    assert decision(probabilities).tolist() == probabilities.argmax(1).tolist()
