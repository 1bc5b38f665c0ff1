import pytest
import torch

from bio_ie.modules.poolings import EMPTY_LOGIT, LogsumexpPooling

INFINITY = float("inf")


def test_large_logits_do_not_overflow() -> None:
    values = torch.tensor([1000.0, 1000.0, -1000.0, -1000.0, 80.0], requires_grad=True)
    index = torch.tensor([0, 0, 1, 1, 2])
    pooled = LogsumexpPooling()(values, index, 3)
    log_2 = 0.6931472
    assert pooled.tolist() == pytest.approx([1000 + log_2, -1000 + log_2, 80])
    (gradient,) = torch.autograd.grad(pooled.sum(), values)
    assert gradient.tolist() == pytest.approx([0.5, 0.5, 0.5, 0.5, 1.0])


def test_impossible_items_add_nothing_and_get_no_gradient() -> None:
    values = torch.tensor([-INFINITY, 2.0, -INFINITY, -INFINITY], requires_grad=True)
    pooled = LogsumexpPooling()(values, torch.tensor([0, 0, 1, 1]), 3)
    assert pooled.tolist() == [2.0, EMPTY_LOGIT, EMPTY_LOGIT]
    (gradient,) = torch.autograd.grad(pooled.sum(), values)
    assert gradient.tolist() == [0.0, 1.0, 0.0, 0.0]


def test_empty_logit_is_probability_zero_and_harmless_in_a_loss() -> None:
    logit = torch.tensor([EMPTY_LOGIT])
    assert logit.sigmoid().item() == 0
    assert logit.half().isfinite().all()
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    assert loss(logit, torch.zeros(1)).item() == 0
    assert loss(logit, torch.ones(1)).isfinite()
