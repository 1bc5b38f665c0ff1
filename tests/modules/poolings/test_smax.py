import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.poolings import SmaxPooling

VALUES = torch.tensor([0.0, 1e-6, 0.2, 0.5, 0.5004, 1.0, 0.3])
INDEX = torch.tensor([0, 0, 1, 1, 1, 2, 2])


def reference(temperature: float) -> torch.Tensor:
    values = VALUES.double()
    pooled = []
    for segment in range(3):
        items = values[segment == INDEX]
        pooled.append((torch.softmax(items / temperature, dim=0) * items).sum())
    return torch.stack(pooled)


@pytest.mark.parametrize("temperature", [1e-3, 1e-2, 1.0, 1e2, 1e3])
def test_single_precision_is_exact_at_extreme_temperatures(temperature: float) -> None:
    pooling = SmaxPooling(temperature)
    assert pooling.temperature.item() == pytest.approx(temperature)
    values = VALUES.clone().requires_grad_()
    pooled = pooling(values, INDEX, 3)
    torch.testing.assert_close(pooled.double(), reference(temperature), rtol=1e-5, atol=1e-6)
    for gradient in torch.autograd.grad(pooled.sum(), [values, pooling.log_temperature]):
        assert gradient.isfinite().all()


def test_a_low_temperature_gives_the_maximum_and_a_high_one_the_mean() -> None:
    maximum = torch.tensor([1e-6, 0.5004, 1.0])
    mean = torch.tensor([5e-7, 0.4001333, 0.65])
    torch.testing.assert_close(SmaxPooling(1e-5)(VALUES, INDEX, 3), maximum, atol=1e-6, rtol=0)
    torch.testing.assert_close(SmaxPooling(1e4)(VALUES, INDEX, 3), mean, atol=1e-4, rtol=0)


def test_one_likely_item_decides_at_the_initial_temperature() -> None:
    """One pair of mentions says that the fact holds and nine do not: the median fact of SNERL."""
    values = torch.tensor([0.95] + [0.05] * 9)
    pooled = SmaxPooling()(values, torch.zeros(10, dtype=torch.int64), 1)
    assert pooled.item() > 0.9


def test_the_temperature_is_a_metric() -> None:
    assert SmaxPooling(0.25).get_metrics() == {"temperature": pytest.approx(0.25)}


def test_temperature_is_learned_and_stays_positive() -> None:
    pooling = SmaxPooling(1.0)
    optimizer = torch.optim.SGD(pooling.parameters(), lr=50.0)
    for _ in range(20):
        optimizer.zero_grad()
        # the largest possible result is the maximum
        (-pooling(VALUES, INDEX, 3).sum()).backward()
        optimizer.step()
    assert 0 < pooling.temperature < 0.1


def test_a_temperature_beyond_single_precision_is_the_mean_without_nan_gradients() -> None:
    pooling = SmaxPooling()
    pooling.log_temperature.data.fill_(200.0)
    values = torch.tensor([0.25, 0.75], requires_grad=True)
    pooled = pooling(values, torch.zeros(2, dtype=torch.int64), 1)
    assert pooled.item() == 0.5
    for gradient in torch.autograd.grad(pooled.sum(), [values, pooling.log_temperature]):
        assert gradient.isfinite().all()


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("inf"), float("nan")])
def test_a_temperature_that_is_not_positive_is_refused(temperature: float) -> None:
    with pytest.raises(ConfigurationError, match="must be positive and finite"):
        SmaxPooling(temperature)
