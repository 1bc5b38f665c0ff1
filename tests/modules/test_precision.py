import pytest
import torch
from torch.nn import functional

from bio_ie.modules.pair_scorers import PairLinear
from bio_ie.modules.precision import WideProducts


@pytest.mark.parametrize("dtype", [torch.float, torch.double])
def test_wide_products_in_bfloat16_are_close_and_keep_their_type(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    vectors, weight = torch.randn(7, 64, dtype=dtype), torch.randn(5, 64, dtype=dtype)
    wide = WideProducts()
    expected = functional.linear(vectors, weight)
    assert torch.equal(wide.wide_product(vectors, weight), expected)
    wide.in_bfloat16 = True
    found = wide.wide_product(vectors, weight)
    assert found.dtype == dtype
    assert not torch.equal(found, expected)
    assert (found - expected).norm() < 0.01 * expected.norm()


def test_products_of_single_vectors_stay_exact() -> None:
    layer = PairLinear(4, 4, 3)
    head, tail, index = torch.randn(2, 4), torch.randn(2, 4), torch.tensor([0, 1])
    expected = layer.pairs(head, tail, index, index)
    layer.in_bfloat16 = True
    assert torch.equal(layer.pairs(head, tail, index, index), expected)
