import pytest
import torch

from bio_ie.modules.graph_encoders.relation_linear import (
    BLOCK_SIZE,
    RelationLinear,
    relation_blocks,
)
from tests.modules.comparison import assert_same_function


@pytest.mark.parametrize("num_bases, bias", [(None, False), (None, True), (2, False)])
@pytest.mark.parametrize("size", [1, BLOCK_SIZE, 10 * BLOCK_SIZE + 3])
def test_every_vector_is_mapped_by_its_relations_matrix(
    size: int, num_bases: int, bias: bool
) -> None:
    linear = RelationLinear(4, 3, 6, bias=bias, num_bases=num_bases).double()
    vectors = torch.randn(size, 4, dtype=torch.double, requires_grad=True)
    relation = torch.randint(0, 5, (size,))  # one relation never occurs
    weights = torch.rand(size, dtype=torch.double)
    expected = []
    for x, k in zip(vectors, relation.tolist(), strict=True):
        if num_bases is None:
            weight = linear.matrices[k]
        else:
            weight = sum(linear.coefficients[k, b] * linear.matrices[b] for b in range(num_bases))
        expected.append(x @ weight + (linear.bias[k] if bias else 0))
    output = linear(vectors, relation, relation_blocks(relation, 6))
    assert_same_function([output], [torch.stack(expected)], [vectors, *linear.parameters()])
    totals = torch.zeros(6, dtype=torch.double).index_add(0, relation, weights)
    sums = torch.zeros(6, 4, dtype=torch.double).index_add(0, relation, weights[:, None] * vectors)
    of_sums = linear.of_sums(sums.view(1, -1), totals.unsqueeze(0))
    weighted = [(weights @ torch.stack(expected)).unsqueeze(0)]
    assert_same_function([of_sums], weighted, [vectors, *linear.parameters()])
    every = linear.every(vectors)[torch.arange(size), relation]
    assert_same_function([every], [torch.stack(expected)], [vectors, *linear.parameters()])


def test_blocks_hold_one_relation_each_and_every_vector_once() -> None:
    relation = torch.randint(0, 7, (200,))
    slot, block_relation = relation_blocks(relation, 9)
    assert slot.unique().numel() == 200
    assert torch.equal(block_relation[slot // BLOCK_SIZE], relation)
    assert len(block_relation) <= 200 / BLOCK_SIZE + 7


def test_matrices_start_in_the_scale_of_a_linear_layer_with_and_without_bases() -> None:
    for num_bases in (None, 5):
        weight = RelationLinear(100, 80, 30, num_bases=num_bases).weight()
        expected = torch.nn.Linear(100, 80).weight.std().item()
        assert weight.std().item() == pytest.approx(expected, rel=0.3)
