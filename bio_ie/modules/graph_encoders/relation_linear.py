"""One linear map for each relation, applied to many vectors of mixed relations."""

import math
from typing import NamedTuple, Optional

import torch

from bio_ie.modules.precision import WideProducts
from bio_ie.modules.ragged import ranges

BLOCK_SIZE = 16
"""The number of vectors in a block, which are all of one relation. Smaller blocks copy a relation's
matrix more often, larger blocks multiply more padding; 16 is at or near the optimum from 20 to 900
relations."""


class RelationBlocks(NamedTuple):
    """The places of E vectors that are sorted by relation into blocks of `BLOCK_SIZE`. The last
    block of each relation is padded. All layers of a network use the same blocks."""

    slot: torch.Tensor
    """`[E]`, the row of each vector in the concatenated blocks."""
    relation: torch.Tensor
    """`[blocks]`, the relation of each block."""


def relation_blocks(relation: torch.Tensor, num_relations: int) -> RelationBlocks:
    """Assigns vectors to blocks by their relations, `relation` `[E]`, int64."""
    counts = torch.zeros(num_relations, dtype=torch.long, device=relation.device)
    counts = counts.scatter_add(0, relation, torch.ones_like(relation))
    num_blocks = torch.div(counts + BLOCK_SIZE - 1, BLOCK_SIZE, rounding_mode="floor")
    block_relation, _ = ranges(num_blocks)
    first_slot = (num_blocks.cumsum(0) - num_blocks) * BLOCK_SIZE
    first_place = counts.cumsum(0) - counts
    order = relation.argsort(stable=True)
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order), device=order.device)
    return RelationBlocks((first_slot - first_place)[relation] + place, block_relation)


class RelationLinear(WideProducts, torch.nn.Module):
    """
    `W_k x + b_k` for a vector x under relation k.

    Vectors are sorted by relation into small blocks, and each block is multiplied with its
    relation's matrix in one batched product: no loop over relations, no matrix per vector.

    With `num_bases`, `W_k = sum_b a_kb V_b` (Schlichtkrull et al. 2018, equation 3).

    The initial matrices are distributed as in `torch.nn.Linear`, whatever the number of bases.

    # Parameters

    input_dim, output_dim, num_relations : `int`
    bias : `bool`, optional (default = `False`)
    num_bases : `int`, optional
        The number of matrices V. Without it every relation has a matrix of its own.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        num_relations: int,
        bias: bool = False,
        num_bases: Optional[int] = None,
    ) -> None:
        super().__init__()
        self.input_dim, self.output_dim = input_dim, output_dim
        matrices = num_relations if num_bases is None else num_bases
        bound = 1 / math.sqrt(input_dim)
        self.matrices = torch.nn.Parameter(torch.empty(matrices, input_dim, output_dim))
        torch.nn.init.uniform_(self.matrices, -bound, bound)
        self.register_parameter("coefficients", None)  # a
        if num_bases is not None:
            self.coefficients = torch.nn.Parameter(torch.empty(num_relations, num_bases))
            torch.nn.init.normal_(self.coefficients, std=1 / math.sqrt(num_bases))
        self.register_parameter("bias", None)
        if bias:
            self.bias = torch.nn.Parameter(torch.empty(num_relations, output_dim))
            torch.nn.init.uniform_(self.bias, -bound, bound)

    def weight(self) -> torch.Tensor:
        """The matrix of each relation, `[R, input_dim, output_dim]`."""
        if self.coefficients is None:
            return self.matrices
        weight = self.coefficients @ self.matrices.flatten(1)
        return weight.view(-1, self.input_dim, self.output_dim)

    def forward(
        self, vectors: torch.Tensor, relation: torch.Tensor, blocks: RelationBlocks
    ) -> torch.Tensor:
        """
        # Parameters

        vectors : `torch.Tensor`
            Shape `[E, input_dim]`.
        relation : `torch.Tensor`
            Shape `[E]`, int64.
        blocks : `RelationBlocks`
            The blocks of `relation`.

        # Returns

        `torch.Tensor`
            Shape `[E, output_dim]`.
        """
        num_slots = len(blocks.relation) * BLOCK_SIZE
        padded = vectors.new_zeros(num_slots, self.input_dim)
        padded = padded.index_copy(0, blocks.slot, vectors)
        weight = self.weight().index_select(0, blocks.relation)  # [blocks, input_dim, output_dim]
        products = padded.view(-1, BLOCK_SIZE, self.input_dim) @ weight
        output = products.view(num_slots, self.output_dim).index_select(0, blocks.slot)
        return output if self.bias is None else output + self.bias.index_select(0, relation)

    def of_sums(self, sums: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """`sum_k sum_j r_j[k] (W_k x_j + b_k)`, from sums over the vectors x_j of a node.

        # Parameters

        sums : `torch.Tensor`
            `[n, R * input_dim]`, for each relation k the sum of `r_j[k] x_j`.
        weights : `torch.Tensor`
            `[n, R]`, the sum of `r_j[k]`.

        # Returns

        `torch.Tensor`
            `[n, output_dim]`.
        """
        output = self.wide_product(sums, self.weight().flatten(0, 1).t())
        return output if self.bias is None else output + weights @ self.bias

    def every(self, vectors: torch.Tensor) -> torch.Tensor:
        """Maps the vectors under every relation, `[..., input_dim]` -> `[..., R, output_dim]`."""
        weight = self.weight()
        wide = weight.transpose(0, 1).reshape(self.input_dim, -1)  # [input_dim, R * output_dim]
        output = (vectors @ wide).view(*vectors.shape[:-1], len(weight), self.output_dim)
        return output if self.bias is None else output + self.bias
