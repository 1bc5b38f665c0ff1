import torch
from allennlp.common.checks import ConfigurationError
from torch.nn import functional

from bio_ie.modules.pair_scorers.pair_scorer import PairScorer


@PairScorer.register("distmult")
class DistMultPairScorer(PairScorer):
    """
    `sum_k x_k r_k y_k` with one vector r per label (Yang et al. 2015): a bilinear scorer whose
    matrices are diagonal. It is symmetric in x and y, so direction must come from different head
    and tail projections. The vectors start from Xavier's uniform distribution.

    Registered as a `PairScorer` with name "distmult".

    # Parameters

    head_dim, tail_dim, num_labels : `int`
        Given by the model; see `PairScorer`. Raises `ConfigurationError` unless head and tail
        vectors are of one size.
    """

    def __init__(self, head_dim: int, tail_dim: int, num_labels: int) -> None:
        super().__init__(head_dim, tail_dim, num_labels)
        if head_dim != tail_dim:
            raise ConfigurationError(
                "distmult multiplies head and tail vectors, which must be of one size, "
                f"not {head_dim} and {tail_dim}"
            )
        self.relation = torch.nn.Parameter(torch.empty(num_labels, head_dim))  # r
        torch.nn.init.xavier_uniform_(self.relation)

    def forward(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
    ) -> torch.Tensor:
        product = head.index_select(0, head_index) * tail.index_select(0, tail_index)
        return functional.linear(product, self.relation)

    def dense(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        batch_size, size, dim = head.shape
        weighted = (head.unsqueeze(2) * self.relation).view(batch_size, size * self.num_labels, dim)
        products = weighted @ tail.transpose(1, 2)  # [B, K * R, K]
        return products.view(batch_size, size, self.num_labels, size).transpose(2, 3)
