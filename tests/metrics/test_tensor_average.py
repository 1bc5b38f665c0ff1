import pytest
import torch

from bio_ie.metrics.tensor_average import TensorAverage


def filled(values, weights):
    metric = TensorAverage()
    for value, weight in zip(values, weights, strict=True):
        metric(value, weight)
    return metric


def test_is_the_weighted_mean():
    values, weights = torch.randn(20), torch.randint(0, 5, (20,)).tolist()
    expected = (values * torch.tensor(weights)).sum() / sum(weights)
    assert filled(values, weights).get_metric() == pytest.approx(expected.item(), abs=1e-6)


def test_values_weigh_the_same_by_default():
    metric = TensorAverage()
    metric(torch.tensor(1.0))
    metric(torch.tensor(4.0))
    assert metric.get_metric() == 2.5


def test_is_a_python_number_so_that_checkpoints_can_hold_it():
    assert type(filled([torch.tensor(1.0)], [2]).get_metric()) is float
    assert type(TensorAverage().get_metric()) is float


def test_is_zero_without_values():
    assert TensorAverage().get_metric() == 0.0


def test_reset_forgets():
    metric = filled([torch.tensor(1.0)], [2])
    assert metric.get_metric() == 1.0
    assert metric.get_metric(reset=True) == 1.0
    assert metric.get_metric() == 0.0


def test_keeps_no_graph_and_does_not_add_in_half_precision():
    one = torch.ones((), dtype=torch.float16, requires_grad=True)
    metric = filled([2048 * one, one, one], [1, 1, 1])
    total = metric.state_dict()["total"]
    assert not total.requires_grad
    assert total == 2050.0  # in half precision, 2048 + 1 is 2048


def test_goes_on_from_its_state_to_the_bit():
    values, weights = torch.randn(9) * 1e3, [3.0] * 9
    first, rest = filled(values[:4], weights[:4]), TensorAverage()
    rest.load_state_dict(first.state_dict())
    for value, weight in zip(values[4:], weights[4:], strict=True):
        rest(value, weight)
    assert rest.get_metric() == filled(values, weights).get_metric()
    empty = TensorAverage()
    empty.load_state_dict(TensorAverage().state_dict())
    assert empty.get_metric() == 0.0
