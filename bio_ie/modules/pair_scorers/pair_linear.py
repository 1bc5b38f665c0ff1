"""A linear layer over the concatenation of a pair's vectors, which does not concatenate them."""

from typing import List, Tuple

import torch
from torch.nn import functional

from bio_ie.modules.precision import WideProducts
from bio_ie.modules.ragged import unordered_pairs


class PairLinear(WideProducts, torch.nn.Linear):
    """
    A `torch.nn.Linear` over `[x; y]`, or `[x; y; x o y]`, that is applied to pairs.

    `W [x; y; x o y] + b = W1 x + W2 y + b + W3 (x o y)`, where W1, W2 and W3 are slices of the one
    weight. The first two products are computed once per vector and gathered per pair; only the last
    one, if there is one, is computed per pair. Where heads and tails are the same vectors, it is
    computed once for both orders of a pair. Function, parameters and state dict are those of
    `torch.nn.Linear`; called with the concatenation itself, the module is an ordinary linear layer.

    # Parameters

    head_dim, tail_dim : `int`
        Sizes of x and y; they must be equal if `with_product`.
    output_dim : `int`
    with_product : `bool`, optional (default = `False`)
        Whether `x o y` is part of the input.
    """

    def __init__(
        self, head_dim: int, tail_dim: int, output_dim: int, with_product: bool = False
    ) -> None:
        self.part_dims: List[int] = [head_dim, tail_dim] + ([head_dim] if with_product else [])
        super().__init__(sum(self.part_dims), output_dim)

    def pairs(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
    ) -> torch.Tensor:
        """`[N, head_dim]`, `[M, tail_dim]`, `[P]`, `[P]` -> `[P, output_dim]`."""
        head_weight, tail_weight, *product_weight = self.weight.split(self.part_dims, dim=1)
        head_part = functional.linear(head, head_weight, self.bias)
        tail_part = functional.linear(tail, tail_weight)
        parts = [(head_part, head_index), (tail_part, tail_index)]
        if product_weight:
            parts.append(self._product_part(head, tail, head_index, tail_index, product_weight[0]))
        # One sum of rows, since each tensor of the size of the output costs more than its sum.
        index, first_row = [], 0
        for part, rows in parts:
            index.append(rows + first_row)
            first_row += len(part)
        rows_of_pairs = torch.stack(index, dim=1)  # [P, parts]
        return functional.embedding_bag(
            rows_of_pairs, torch.cat([part for part, _ in parts]), mode="sum"
        )

    def _product_part(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
        weight: torch.Tensor,
    ) -> Tuple[torch.Tensor, torch.Tensor]:
        """`W3 (x o y)` of different pairs, and the place of each pair among them."""
        if head is tail:
            head_index, tail_index, place = unordered_pairs(head_index, tail_index, len(head))
        else:
            place = torch.arange(len(head_index), device=head_index.device)
        product = head.index_select(0, head_index) * tail.index_select(0, tail_index)
        return self.wide_product(product, weight), place

    def dense(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """`[B, K, head_dim]`, `[B, K, tail_dim]` -> `[B, K, K, output_dim]`."""
        head_weight, tail_weight, *product_weight = self.weight.split(self.part_dims, dim=1)
        head_part = functional.linear(head, head_weight, self.bias)
        tail_part = functional.linear(tail, tail_weight)
        output = head_part.unsqueeze(2) + tail_part.unsqueeze(1)
        if product_weight:
            product = head.unsqueeze(2) * tail.unsqueeze(1)  # [B, K, K, head_dim]
            output = output + self.wide_product(product, product_weight[0])
        return output
