import math

import pytest
import torch

from bio_ie.modules.log_probabilities import (
    log_complement,
    segment_log_softmax,
    segment_logsumexp,
)


def test_the_complement_is_exact_near_both_ends() -> None:
    exponents = torch.tensor([-1e4, -100.0, -20.0, -1.0, -0.6, -1e-3, -1e-6])
    expected = [
        math.log1p(-math.exp(x)) if x < -0.6 else math.log(-math.expm1(x))
        for x in exponents.double().tolist()
    ]
    assert log_complement(exponents).tolist() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("log_p", [-math.inf, -1e4, -1.0, -1e-30, 0.0, 1e-7])
def test_the_complement_has_a_finite_gradient_everywhere(log_p: float) -> None:
    value = torch.tensor([log_p], requires_grad=True)
    result = log_complement(value)
    result.sum().backward()
    assert result.isfinite().all()
    assert value.grad is not None
    assert value.grad.isfinite().all()
    assert (value.grad < 0).all() == (log_p > -100)


def test_the_complement_of_a_complement_keeps_what_is_tiny() -> None:
    value = torch.tensor([-25.0], requires_grad=True)
    twice = log_complement(log_complement(value), nearest=0.0)
    twice.sum().backward()
    assert twice.item() == pytest.approx(-25, rel=1e-5)
    assert value.grad is not None
    assert value.grad.item() == pytest.approx(1, rel=1e-5)


def test_segments_of_log_softmax_and_logsumexp_are_those_of_torch() -> None:
    values = torch.randn(9, 2, dtype=torch.double)
    index = torch.tensor([0, 2, 0, 1, 1, 1, 2, 0, 2])
    total = segment_logsumexp(values, index, 4, empty=-7.0)
    softmax = segment_log_softmax(values, index, 4)
    for segment in range(3):
        own = values[index == segment]
        torch.testing.assert_close(total[segment], own.logsumexp(0))
        torch.testing.assert_close(softmax[index == segment], own.log_softmax(0))
    assert total[3].tolist() == [-7.0, -7.0]
