import torch

from bio_ie.modules.poolings import MaxPooling


def test_ties_share_the_gradient() -> None:
    values = torch.tensor([0.5, 0.2, 0.5, 0.7], requires_grad=True)
    pooled = MaxPooling()(values, torch.tensor([0, 0, 0, 1]), 3)
    (gradient,) = torch.autograd.grad(pooled.sum(), values)
    assert gradient.tolist() == [0.5, 0.0, 0.5, 1.0]
