import random

import pytest
import torch
from sklearn.metrics import accuracy_score, precision_recall_fscore_support, roc_auc_score

from bio_ie.metrics import ClassF1

LABELS = ["causes", "NO-RELATION", "treats"]


def scored(num_labels: int, number: int = 60, batch: int = 7) -> "tuple[ClassF1, list, list, list]":
    torch.manual_seed(1)
    chance = random.Random(1)
    metric = ClassF1(LABELS[:num_labels], "NO-RELATION")
    probabilities = torch.rand(number, num_labels).softmax(1)
    gold = torch.tensor([chance.randrange(num_labels) for _ in range(number)])
    for some, their in zip(probabilities.split(batch), gold.split(batch), strict=True):
        metric(some, their)
    return metric, probabilities.tolist(), probabilities.argmax(1).tolist(), gold.tolist()


@pytest.mark.parametrize("num_labels", [2, 3])
def test_scores_are_those_of_scikit_learn(num_labels: int) -> None:
    metric, probabilities, predicted, gold = scored(num_labels)
    result = metric.get_metric(reset=True)
    positive = [label for label in range(num_labels) if label != 1]
    expected = precision_recall_fscore_support(gold, predicted, labels=positive, average="micro")
    for name, value in zip(("precision", "recall", "f1"), expected, strict=False):
        assert result[name] == pytest.approx(value)
    assert result["accuracy"] == pytest.approx(accuracy_score(gold, predicted))
    is_positive = [label != 1 for label in gold]
    expected_auc = roc_auc_score(is_positive, [1 - row[1] for row in probabilities])
    assert result["auc"] == pytest.approx(expected_auc)
    commonest = max(positive, key=gold.count)
    always = precision_recall_fscore_support(
        gold, [commonest] * len(gold), labels=positive, average="micro"
    )
    assert result["always_positive_f1"] == pytest.approx(always[2])
    if num_labels > 2:
        by_label = precision_recall_fscore_support(gold, predicted, labels=positive)[2]
        assert [result["f1/causes"], result["f1/treats"]] == pytest.approx(list(by_label))
    else:
        assert not any(name.startswith("f1/") for name in result)
    assert all(type(value) is float for value in result.values())


def test_predicted_labels_may_be_given() -> None:
    metric = ClassF1(LABELS, "NO-RELATION")
    metric(torch.tensor([[0.6, 0.3, 0.1]] * 2), torch.tensor([1, 0]), torch.tensor([1, 2]))
    result = metric.get_metric(reset=True)
    assert (result["accuracy"], result["predicted"]) == (0.5, 1)


def test_reset_forgets_and_nothing_is_zero() -> None:
    metric, *_ = scored(2)
    metric.get_metric(reset=True)
    assert set(metric.get_metric(reset=True).values()) == {0.0}


def test_one_class_alone_has_no_area() -> None:
    metric = ClassF1(LABELS, "NO-RELATION")
    metric(torch.rand(3, 3), torch.tensor([0, 2, 0]))
    assert metric.get_metric(reset=True)["auc"] == 0.0


def test_always_positive_scores_of_the_corpora() -> None:
    """In EU-ADR, 263 of 355 sentences are positive."""
    metric = ClassF1(["NO-RELATION", "association"], "NO-RELATION")
    gold = torch.tensor([1] * 263 + [0] * 92)
    metric(torch.rand(355, 2), gold)
    assert metric.get_metric()["always_positive_f1"] == pytest.approx(2 * 263 / (355 + 263))
