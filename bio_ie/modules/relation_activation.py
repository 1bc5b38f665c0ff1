"""Turns scores of pairs into relations, by softmax or sigmoid, with the losses of both."""

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
    """The predicted relations (`Q`) of a batch."""

    pair: torch.Tensor
    """`[Q]`, the index of its pair."""
    label: torch.Tensor
    """`[Q]`, its relation type."""
    probability: torch.Tensor
    """`[Q]`."""


class RelationActivation(torch.nn.Module):
    """Turns the scores of pairs (`P`) for relation types (`R`) into probabilities and relations.

    * `"softmax"`: the types and "no relation", which is column 0 of `R + 1`, exclude each other. A
      pair gets the likeliest type, or none if "no relation" is likeliest.
    * `"sigmoid"`: each type is independent, in `R` columns. A pair gets every type whose
      probability is at least one half. The probability of "no relation" is one minus that of the
      likeliest type.

    The probability of an undirected type is the mean over both orders of a pair. If all types are
    undirected, the same holds for "no relation", and both orders agree.

    # Parameters

    undirected : `Sequence[bool]`
        Whether each of the `R` types is undirected.
    activation : `str`, optional (default = `"softmax"`)
        `"softmax"` or `"sigmoid"`.
    loss : `str`, optional
        `"cross_entropy"`, only with softmax and its default: each further gold label of a pair adds
        a term. Or `"binary_cross_entropy"` of each column, with either activation.
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
                f"no relation activation {activation!r} with the loss {loss!r}; choose one of: "
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
        """The loss summed over pairs; 0 without pairs. See `losses`."""
        return self.losses(scores, targets).sum()

    def losses(self, scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """The loss of each pair, `[P]`.

        # Parameters

        scores : `torch.Tensor`
            `[P, columns]`.
        targets : `torch.Tensor`
            `[P, R]`, bool; a pair may have several labels.
        """
        scores = at_least_single(scores)
        if not self.is_softmax:
            return functional.binary_cross_entropy_with_logits(
                scores, targets.to(scores.dtype), reduction="none"
            ).sum(-1)
        targets = torch.cat([~targets.any(-1, keepdim=True), targets], dim=-1)
        logarithm = scores.log_softmax(-1)
        if self._is_cross_entropy:
            return (-logarithm * targets).sum(-1)
        # log(1 - p), with p kept below 1, where the logarithm has no gradient.
        complement = torch.log(-torch.expm1(logarithm.clamp(max=-1e-6)))
        return -torch.where(targets, logarithm, complement).sum(-1)

    def weights(self, scores: torch.Tensor) -> torch.Tensor:
        """The probabilities of "no relation" and of each type, `[P, R + 1]`, as edges of a graph:
        each order of a pair has its own."""
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
        """The probabilities of all columns, `[P, columns]`, for the pairs `head`, `tail` `[P]` of
        `num_items` items as `ordered_pairs` gives them."""
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
