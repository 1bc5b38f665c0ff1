import pytest
import torch

from bio_ie.modules.poolings import NoisyOrPooling


def pool(values: torch.Tensor) -> torch.Tensor:
    return NoisyOrPooling()(values, torch.zeros(len(values), dtype=torch.int64), 1)[0]


def test_small_probabilities_do_not_vanish_beside_one() -> None:
    values = torch.full((1000,), 1e-10)  # 1 - 1e-10 is 1 in single precision
    assert pool(values).item() == pytest.approx(1e-7, rel=1e-4)


@pytest.mark.parametrize("items", [[1.0, 0.25, 0.5], [1.0, 1.0, 0.5], [1.0], [0.0, 0.0, 0.4]])
def test_gradient_is_the_product_of_the_other_complements_at_the_corners_too(items: list) -> None:
    values = torch.tensor(items, requires_grad=True)
    (gradient,) = torch.autograd.grad(pool(values), values)
    expected = [
        torch.tensor([1 - other for j, other in enumerate(items) if j != i]).prod().item()
        for i in range(len(items))
    ]
    assert gradient.tolist() == pytest.approx(expected, abs=1e-5)
