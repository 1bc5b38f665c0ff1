from typing import Tuple

import pytest
import torch
from torch_geometric.utils import scatter, softmax

from bio_ie.modules.segments import segment_max, segment_mean, segment_softmax, segment_sum

FUNCTIONS = {"sum": segment_sum, "mean": segment_mean, "max": segment_max}


def items(*shape: int) -> Tuple[torch.Tensor, torch.Tensor]:
    """Values, and the segments of the items in no order; segments 2 and 6 are empty."""
    torch.manual_seed(1)
    values = torch.randn(*shape, dtype=torch.double, requires_grad=True)
    return values, torch.tensor([0, 1, 3, 4, 5])[torch.randint(5, (shape[0],))]


@pytest.mark.parametrize("shape", [(20,), (20, 3), (20, 3, 2), (0, 3)])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_segments_are_reduced_one_by_one(name: str, shape: Tuple[int, ...]) -> None:
    values, index = items(*shape)
    found = FUNCTIONS[name](values, index, 7)
    assert found.shape == (7, *shape[1:])
    for segment in range(7):
        members = values[index == segment]
        expected = torch.zeros(shape[1:], dtype=torch.double)
        if len(members):
            expected = {"sum": members.sum, "mean": members.mean, "max": members.amax}[name](dim=0)
        assert torch.allclose(found[segment], expected)


@pytest.mark.parametrize("shape", [(20,), (20, 3), (0, 3)])
def test_softmax_is_taken_of_each_segment(shape: Tuple[int, ...]) -> None:
    values, index = items(*shape)
    weights = segment_softmax(values * 100, index, 7)
    assert weights.shape == values.shape
    for segment in set(index.tolist()):
        members = index == segment
        assert torch.allclose(weights[members], (values * 100)[members].softmax(dim=0))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", [*FUNCTIONS, "softmax"])
def test_numbers_and_gradients_are_those_of_torch_geometric(name: str, dtype: torch.dtype) -> None:
    values, index = items(20, 3)
    ours, theirs = (values.detach().to(dtype).requires_grad_() for _ in range(2))
    if name == "softmax":
        found, expected = segment_softmax(ours, index, 7), softmax(theirs, index, num_nodes=7)
    else:
        found = FUNCTIONS[name](ours, index, 7)
        expected = scatter(theirs, index, dim=0, dim_size=7, reduce=name)
    assert torch.equal(found, expected)
    weights = torch.randn_like(found)
    (found * weights).sum().backward()
    (expected * weights).sum().backward()
    assert ours.grad is not None
    assert theirs.grad is not None
    assert torch.equal(ours.grad, theirs.grad)
