"""From scores of pairs to relations: softmax or sigmoid, the losses of both, and both orders."""

from typing import NamedTuple, Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError
from torch.nn import functional

from bio_ie.modules.precision import at_least_single
from bio_ie.modules.ragged import reversed_pairs

LEGAL = {
    ("softmax", "cross_entropy"),
    ("softmax", "binary_cross_entropy"),
    ("sigmoid", "binary_cross_entropy"),
}


class PredictedRelations(NamedTuple):
    """Relations (`Q`) of a batch."""

    pair: torch.Tensor
    """`[Q]`, which pair."""
    label: torch.Tensor
    """`[Q]`, its relation type."""
    probability: torch.Tensor
    """`[Q]`."""


class RelationActivation(torch.nn.Module):
    """What the scores of pairs (`P`) for relation types (`R`) mean.

    * `"softmax"`: the types and "no relation", which is column 0 of `R + 1`, exclude each other. A
      pair is predicted its likeliest type, or none.
    * `"sigmoid"`: each type by itself, in `R` columns. A pair is predicted every type of at least
      one half; it has none with the probability that is left beside the likeliest type.

    An undirected type has the mean of the probabilities of both orders. If all types are
    undirected, so has "no relation", and both orders agree.

    # Parameters

    undirected : `Sequence[bool]`
        Of each of the `R` types.
    activation : `str`, optional (default = `"softmax"`)
    loss : `str`, optional
        `"cross_entropy"` (with softmax, whose default it is), each further gold label of a pair
        adding a term; or `"binary_cross_entropy"` of each column, with either.
    """

    undirected: torch.Tensor

    def __init__(
        self, undirected: Sequence[bool], activation: str = "softmax", loss: Optional[str] = None
    ) -> None:
        super().__init__()
        if loss is None:
            loss = "cross_entropy" if activation == "softmax" else "binary_cross_entropy"
        if (activation, loss) not in LEGAL:
            raise ConfigurationError(
                f"no relation activation {activation!r} with the loss {loss!r}; there are "
                + ", ".join(f"{a} with {b}" for a, b in sorted(LEGAL))
            )
        self.is_softmax = activation == "softmax"
        self._is_cross_entropy = loss == "cross_entropy"
        self.num_labels = len(undirected)
        self.num_columns = self.num_labels + self.is_softmax
        self._has_undirected = any(undirected)
        self.register_buffer(
            "undirected", torch.tensor(undirected, dtype=torch.bool), persistent=False
        )

    def loss(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """The loss summed over pairs; 0 without any.

        # Parameters

        scores : `torch.Tensor`
            `[P, columns]`.
        targets : `torch.Tensor`
            `[P, R]`, bool; a pair may have several labels.
        """
        scores = at_least_single(scores)
        if not self.is_softmax:
            return functional.binary_cross_entropy_with_logits(
                scores, targets.to(scores.dtype), reduction="sum"
            )
        targets = torch.cat([~targets.any(-1, keepdim=True), targets], dim=-1)
        logarithm = scores.log_softmax(-1)
        if self._is_cross_entropy:
            return (-logarithm * targets).sum()
        # log(1 - p); p = 1 is kept off, where it has no gradient.
        complement = torch.log(-torch.expm1(logarithm.clamp(max=-1e-6)))
        return -torch.where(targets, logarithm, complement).sum()

    def weights(self, scores: torch.Tensor) -> torch.Tensor:
        """`[P, R + 1]`, the probabilities of no relation and of each type, in each order by
        itself: the edges of a graph."""
        scores = at_least_single(scores)
        if self.is_softmax:
            return scores.softmax(-1)
        probabilities = scores.sigmoid()
        likeliest = functional.pad(probabilities, (1, 0)).amax(-1, keepdim=True)  # R may be 0
        return torch.cat([1 - likeliest, probabilities], dim=-1)

    @torch.no_grad()
    def probabilities(
        self, scores: torch.Tensor, head: torch.Tensor, tail: torch.Tensor, num_items: int
    ) -> torch.Tensor:
        """`[P, columns]`, for pairs `head`, `tail` `[P]` of `num_items` items as `ordered_pairs`
        gives them."""
        scores = at_least_single(scores)
        probabilities = scores.softmax(-1) if self.is_softmax else scores.sigmoid()
        if not self._has_undirected:
            return probabilities
        columns = self.undirected
        if self.is_softmax:
            columns = torch.cat([columns.all().unsqueeze(0), columns])
        mean = (probabilities + probabilities[reversed_pairs(head, tail, num_items)]) / 2
        return torch.where(columns, mean, probabilities)

    @torch.no_grad()
    def predict(self, probabilities: torch.Tensor) -> PredictedRelations:
        """The relations of pairs with `probabilities` `[P, columns]`."""
        if not self.is_softmax:
            pair, label = (probabilities >= 0.5).nonzero(as_tuple=True)
            return PredictedRelations(pair, label, probabilities[pair, label])
        best = probabilities.argmax(-1)
        pair = best.nonzero().squeeze(1)
        return PredictedRelations(pair, best[pair] - 1, probabilities[pair, best[pair]])
