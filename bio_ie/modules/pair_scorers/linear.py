import torch

from bio_ie.modules.pair_scorers.pair_linear import PairLinear
from bio_ie.modules.pair_scorers.pair_scorer import PairScorer


@PairScorer.register("linear")
class LinearPairScorer(PairScorer):
    """
    `W [x; y] + b`: the biaffine scorer without its bilinear term (ablation (e), section 4.2 of
    Giorgi et al. 2019).

    Registered as a `PairScorer` with name "linear".

    # Parameters

    head_dim, tail_dim, num_labels : `int`
        Given by the model; see `PairScorer`.
    """

    def __init__(self, head_dim: int, tail_dim: int, num_labels: int) -> None:
        super().__init__(head_dim, tail_dim, num_labels)
        self.linear = PairLinear(head_dim, tail_dim, num_labels)

    def forward(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
    ) -> torch.Tensor:
        return self.linear.pairs(head, tail, head_index, tail_index)

    def dense(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        return self.linear.dense(head, tail)
