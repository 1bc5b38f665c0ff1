import math

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.pair_scorers.pair_linear import PairLinear
from bio_ie.modules.pair_scorers.pair_scorer import PairScorer


@PairScorer.register("biaffine")
class BiaffinePairScorer(PairScorer):
    """
    `x^T U y + W [x; y] + b` (equation 7 of Giorgi et al. 2019) for a head vector x and a tail
    vector y.

    U is `[head_dim, R, tail_dim]`, W `[R, head_dim + tail_dim]`, b `[R]`. Each label's slice of U
    starts uniform in +-sqrt(6 / (head_dim + tail_dim)) (Xavier); W and b start as in
    `torch.nn.Linear`.

    `x^T U` is computed once per head. A matrix product of the results with all tails then gives the
    bilinear terms of all heads with all tails, from which those of the given pairs are selected.
    Where pairs join words of the same sentence, this wastes arithmetic but saves the memory traffic
    of a `[P, R, tail_dim]` gather. It is faster up to about a hundred times as many products as
    pairs.

    Registered as a `PairScorer` with name "biaffine".

    # Parameters

    head_dim, tail_dim, num_labels : `int`
        Given by the model; see `PairScorer`.
    max_elements : `int`, optional (default = `2 ** 24`)
        The number of scores of products of heads with tails that may exist at one time (the default
        is 64 MB in single precision). Heads are processed in blocks of as many as fit, at least
        one. This changes memory and speed, never the result. Besides these scores, memory is needed
        for `N * R * tail_dim` elements. `dense` needs no bound beyond its output's size.
    """

    def __init__(
        self, head_dim: int, tail_dim: int, num_labels: int, max_elements: int = 2**24
    ) -> None:
        super().__init__(head_dim, tail_dim, num_labels)
        if max_elements < 1:
            raise ConfigurationError(f"max_elements must be at least 1, got {max_elements}")
        self.max_elements = max_elements
        self.bilinear = torch.nn.Parameter(torch.empty(head_dim, num_labels, tail_dim))  # U
        self.linear = PairLinear(head_dim, tail_dim, num_labels)  # W, b
        self.reset_parameters()

    def reset_parameters(self) -> None:
        # PyTorch's own Xavier would count the labels of this three-way tensor as inputs.
        bound = math.sqrt(6 / (self.head_dim + self.tail_dim))
        torch.nn.init.uniform_(self.bilinear, -bound, bound)
        self.linear.reset_parameters()

    def forward(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
    ) -> torch.Tensor:
        num_heads, num_tails = head.size(0), tail.size(0)
        scores = self.linear.pairs(head, tail, head_index, tail_index)  # [P, R]
        block_size = max(1, self.max_elements // max(1, num_tails * self.num_labels))
        if block_size >= num_heads:
            return scores + self._bilinear_pairs(head, tail, head_index, tail_index)
        # A pair takes its score from the block of its head. Only the device knows which pairs those
        # are, so each block computes all pairs, which are few numbers beside the block's products.
        for start in range(0, num_heads, block_size):
            block = head[start : start + block_size]
            row = head_index - start
            inside = (row >= 0) & (row < block.size(0))
            part = self._bilinear_pairs(block, tail, row * inside, tail_index)
            scores = scores + part.masked_fill(~inside.unsqueeze(1), 0)
        return scores

    def dense(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        return self.linear.dense(head, tail) + self._bilinear_dense(head, tail)

    def _bilinear_dense(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """`[B, N, head_dim]`, `[B, M, tail_dim]` -> `[B, N, M, R]`."""
        batch_size, num_heads, _ = head.shape
        weight = self.bilinear.view(self.head_dim, self.num_labels * self.tail_dim)
        projected = (head @ weight).view(batch_size, num_heads * self.num_labels, self.tail_dim)
        products = projected @ tail.transpose(1, 2)  # [B, N * R, M]
        return products.view(batch_size, num_heads, self.num_labels, tail.size(1)).transpose(2, 3)

    def _bilinear_pairs(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
    ) -> torch.Tensor:
        """The bilinear term of flat pairs, `[P, R]`, selected from that of all N * M pairs."""
        products = self._bilinear_dense(head.unsqueeze(0), tail.unsqueeze(0))
        rows = products.reshape(head.size(0) * tail.size(0), self.num_labels)
        return rows.index_select(0, head_index * tail.size(0) + tail_index)
