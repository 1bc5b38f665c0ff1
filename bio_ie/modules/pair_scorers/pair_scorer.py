"""The base of the pair scorers, which give each of many pairs of vectors one score per label."""

import torch
from allennlp.common import Registrable


class PairScorer(torch.nn.Module, Registrable):
    """
    Scores pairs of a head vector and a tail vector, one score (logit) per label.

    Pairs are given by indices into flat lists of vectors. So whatever depends on one vector alone
    is computed once per vector, however many pairs the vector is in, and no padded product over all
    vectors is built. Pass only vectors that take part in some pair. Without pairs, and without
    vectors, an implementation still computes (zero rows), so every parameter keeps a defined
    gradient.

    A model that uses a scorer takes a `Lazy[PairScorer]` and gives the three sizes:
    `pair_scorer.construct(head_dim=..., tail_dim=..., num_labels=...)`; the rest is configuration.

    # Parameters

    head_dim, tail_dim : `int`
        Sizes of a head and of a tail vector.
    num_labels : `int`
        The number of scores per pair, R.
    """

    default_implementation = "biaffine"

    def __init__(self, head_dim: int, tail_dim: int, num_labels: int) -> None:
        super().__init__()
        self.head_dim = head_dim
        self.tail_dim = tail_dim
        self.num_labels = num_labels

    def forward(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
    ) -> torch.Tensor:
        """
        # Parameters

        head : `torch.Tensor`
            Shape `[N, head_dim]`.
        tail : `torch.Tensor`
            Shape `[M, tail_dim]`.
        head_index, tail_index : `torch.Tensor`
            Shape `[P]`, int64: pair p is `(head[head_index[p]], tail[tail_index[p]])`. Pairs may be
            in any order, and the same pair may occur more than once.

        # Returns

        `torch.Tensor`
            Shape `[P, num_labels]`.
        """
        raise NotImplementedError

    def dense(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """
        Scores every pair within each row of a batch, for equations that weigh all pairs of a pruned
        set. Implementations override this method where that is faster than scoring by indices.

        # Parameters

        head : `torch.Tensor`
            Shape `[B, K, head_dim]`.
        tail : `torch.Tensor`
            Shape `[B, K, tail_dim]`.

        # Returns

        `torch.Tensor`
            Shape `[B, K, K, num_labels]`; entry `[b, i, j]` is head `[b, i]` with tail `[b, j]`.
        """
        batch_size, size, _ = head.shape
        vectors = torch.arange(batch_size * size, device=head.device).view(batch_size, size)
        pairs = (batch_size, size, size)
        scores = self(
            head.reshape(batch_size * size, self.head_dim),
            tail.reshape(batch_size * size, self.tail_dim),
            vectors.unsqueeze(2).expand(pairs).reshape(-1),
            vectors.unsqueeze(1).expand(pairs).reshape(-1),
        )
        return scores.view(*pairs, self.num_labels)
