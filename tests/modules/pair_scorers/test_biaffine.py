import math

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.pair_scorers import BiaffinePairScorer


def test_head_and_tail_may_differ_in_size() -> None:
    scorer = BiaffinePairScorer(head_dim=4, tail_dim=3, num_labels=2).double()
    head, tail = torch.randn(5, 4).double(), torch.randn(6, 3).double()
    head_index, tail_index = torch.tensor([4, 1]), torch.tensor([0, 5])
    x, y = head[head_index], tail[tail_index]
    expected = torch.einsum("pm,mrn,pn->pr", x, scorer.bilinear, y)
    expected = expected + scorer.linear(torch.cat([x, y], dim=-1))
    torch.testing.assert_close(scorer(head, tail, head_index, tail_index), expected)


@pytest.mark.parametrize("max_elements", [1, 11, 12, 13, 35, 36, 1000])
def test_blocks_change_nothing(max_elements: int) -> None:
    # There are 6 heads and 3 tails with 2 labels: blocks of 1 (the smallest), 2 and all 6 heads.
    scorer = BiaffinePairScorer(4, 4, 2).double()
    head = torch.randn(6, 4, dtype=torch.double, requires_grad=True)
    tail = torch.randn(3, 4, dtype=torch.double, requires_grad=True)
    head_index, tail_index = torch.randint(6, (15,)), torch.randint(3, (15,))
    results = []
    for scorer.max_elements in (10**6, max_elements):
        scores = scorer(head, tail, head_index, tail_index)
        inputs = [head, tail, *scorer.parameters()]
        results.append([scores, *torch.autograd.grad(scores.pow(2).sum(), inputs)])
    for whole, blocked in zip(*results, strict=True):
        torch.testing.assert_close(whole, blocked)


def test_a_block_of_products_is_no_larger_than_max_elements(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scorer = BiaffinePairScorer(4, 4, 2, max_elements=100)
    sizes = []
    products_of = scorer._bilinear_dense

    def recorded(head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        products = products_of(head, tail)
        sizes.append(products.numel())
        return products

    monkeypatch.setattr(scorer, "_bilinear_dense", recorded)
    index = torch.arange(20)
    scorer(torch.randn(20, 4), torch.randn(20, 4), index, index)
    assert sizes == [80] * 10


def test_initial_slices_are_xavier_uniform_whatever_the_number_of_labels() -> None:
    scorer = BiaffinePairScorer(head_dim=60, tail_dim=40, num_labels=20)
    bound = math.sqrt(6 / 100)
    assert scorer.bilinear.abs().max() <= bound
    assert scorer.bilinear.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.02)


def test_max_elements_below_one_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="max_elements must be at least 1, got 0"):
        BiaffinePairScorer(4, 4, 2, max_elements=0)
