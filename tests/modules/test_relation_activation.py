import math
from typing import List

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from torch.testing import assert_close

from bio_ie.modules.ragged import ordered_pairs
from bio_ie.modules.relation_activation import LEGAL, RelationActivation


def columns(score: List[float], activation: str) -> List[float]:
    """The probabilities of one pair."""
    if activation == "sigmoid":
        return [1 / (1 + math.exp(-value)) for value in score]
    total = sum(map(math.exp, score))
    return [math.exp(value) / total for value in score]


def expected_loss(
    scores: List[List[float]], targets: List[List[bool]], activation: str, loss: str
) -> float:
    result = 0.0
    for score, target in zip(scores, targets, strict=True):
        if activation == "softmax":
            target = [not any(target), *target]
        for probability, is_right in zip(columns(score, activation), target, strict=True):
            if is_right:
                result -= math.log(probability)
            elif loss == "binary_cross_entropy":
                result -= math.log(1 - probability)
    return result


@pytest.mark.parametrize(("activation", "loss"), sorted(LEGAL))
@pytest.mark.parametrize("seed", range(3))
def test_losses_are_those_of_each_column_by_itself(activation: str, loss: str, seed: int) -> None:
    torch.manual_seed(seed)
    relations = RelationActivation([False] * 3, activation, loss)
    scores = torch.randn(5, relations.num_columns, dtype=torch.double, requires_grad=True)
    targets = torch.rand(5, 3) < 0.3
    found = relations.loss(scores, targets)
    assert found.item() == pytest.approx(
        expected_loss(scores.tolist(), targets.tolist(), activation, loss)
    )
    assert torch.autograd.gradcheck(lambda values: relations.loss(values, targets), scores)


@pytest.mark.parametrize(("activation", "loss"), sorted(LEGAL))
def test_losses_of_certain_scores_are_finite(activation: str, loss: str) -> None:
    relations = RelationActivation([False, False], activation, loss)
    scores = torch.full((2, relations.num_columns), -100.0)
    scores[:, -1] = 100.0
    scores.requires_grad_()
    found = relations.loss(scores, torch.tensor([[False, True], [True, False]]))
    found.backward()
    assert torch.isfinite(found)
    assert torch.isfinite(scores.grad).all()


@pytest.mark.parametrize(("activation", "loss"), sorted(LEGAL))
def test_no_pair_and_no_label_are_ordinary(activation: str, loss: str) -> None:
    for num_labels, num_pairs in ((2, 0), (0, 3)):
        relations = RelationActivation([False] * num_labels, activation, loss)
        scores = torch.randn(num_pairs, relations.num_columns)
        targets = torch.zeros(num_pairs, num_labels, dtype=torch.bool)
        assert relations.loss(scores, targets) == 0
        assert relations.weights(scores).shape == (num_pairs, num_labels + 1)
        head, tail = ordered_pairs(torch.zeros(num_pairs and 2, dtype=torch.long), 1)
        probabilities = relations.probabilities(scores[: len(head)], head, tail, 2)
        assert relations.predict(probabilities).pair.shape == (0,)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_weights_are_no_relation_and_each_type(activation: str) -> None:
    relations = RelationActivation([True, False], activation)
    scores = torch.randn(4, relations.num_columns)
    for found, score in zip(relations.weights(scores).tolist(), scores.tolist(), strict=True):
        expected = columns(score, activation)
        if activation == "sigmoid":
            expected = [1 - max(expected), *expected]
        assert found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
@pytest.mark.parametrize("undirected", [(False, False), (True, False), (True, True)])
def test_an_undirected_type_has_the_mean_of_both_orders(activation: str, undirected) -> None:
    relations = RelationActivation(undirected, activation)
    head, tail = ordered_pairs(torch.tensor([0, 0, 0, 2, 2]), 3)
    scores = torch.randn(len(head), relations.num_columns)
    pairs = list(zip(head.tolist(), tail.tolist(), strict=True))
    is_mean = list(undirected)
    if activation == "softmax":
        is_mean.insert(0, all(undirected))
    found = relations.probabilities(scores, head, tail, 5)
    for place, (first, second) in enumerate(pairs):
        plain = columns(scores[place].tolist(), activation)
        reverse = columns(scores[pairs.index((second, first))].tolist(), activation)
        expected = [
            (a + b) / 2 if mean else a for a, b, mean in zip(plain, reverse, is_mean, strict=True)
        ]
        assert found[place].tolist() == pytest.approx(expected, abs=1e-6)


def test_softmax_predicts_the_likeliest_type_or_none() -> None:
    relations = RelationActivation([False, False])
    found = relations.predict(torch.tensor([[0.4, 0.3, 0.3], [0.3, 0.3, 0.4], [0.1, 0.5, 0.4]]))
    assert (found.pair.tolist(), found.label.tolist()) == ([1, 2], [1, 0])
    assert_close(found.probability, torch.tensor([0.4, 0.5]))


def test_sigmoid_predicts_every_type_of_a_half() -> None:
    relations = RelationActivation([False, False], "sigmoid")
    found = relations.predict(torch.tensor([[0.4, 0.3], [0.5, 0.9]]))
    assert (found.pair.tolist(), found.label.tolist()) == ([1, 1], [0, 1])


@pytest.mark.parametrize(("activation", "loss"), [("tanh", None), ("sigmoid", "cross_entropy")])
def test_an_illegal_combination_is_an_error(activation: str, loss: str) -> None:
    with pytest.raises(ConfigurationError, match="no relation activation"):
        RelationActivation([False], activation, loss)
