"""Turns the scores of facts into probabilities and a loss."""

import torch
from allennlp.common.checks import ConfigurationError
from torch.nn import functional

from bio_ie.modules.log_probabilities import log_complement
from bio_ie.modules.poolings import EMPTY_LOGIT, Pooling

_NO_EVIDENCE = EMPTY_LOGIT / 2
"""Scores with evidence are above this."""


class FactActivation:
    """
    Turns the scores of facts into probabilities and a loss.

    * `"sigmoid"`: each of `R` relations is independent (SNERL). The scores of a pooling of
      probabilities are logarithms of probabilities already.
    * `"softmax"`: the relations and "no relation", which is column 0 of `R + 1`, exclude each other
      (BRAN). It needs a pooling of logits.

    # Parameters

    num_relations : `int`
    activation : `str`
    pooling : `Pooling`
    """

    def __init__(self, num_relations: int, activation: str, pooling: Pooling) -> None:
        if activation not in ("sigmoid", "softmax"):
            raise ConfigurationError(
                f"relation_activation must be 'sigmoid' or 'softmax', not {activation!r}"
            )
        self.is_softmax = activation == "softmax"
        self.of_logits = pooling.domain == "logits"
        if not self.of_logits or self.is_softmax:
            # Poolings of vectors are refused.
            pooling.require_domain(
                "logits" if self.is_softmax else "probabilities", "facts (relation_activation)"
            )
        self.num_columns = num_relations + self.is_softmax

    def log_probabilities(self, scores: torch.Tensor) -> torch.Tensor:
        """The logarithms of probabilities `[Q, R]`, at most 0, from scores `[Q, columns]`;
        `EMPTY_LOGIT` for pairs without evidence."""
        if self.is_softmax:
            has_evidence = scores[:, :1] > _NO_EVIDENCE
            return torch.where(has_evidence, scores.log_softmax(-1), EMPTY_LOGIT)[:, 1:]
        if self.of_logits:
            return functional.logsigmoid(scores)
        return scores.clamp(max=0)

    def loss(
        self, scores: torch.Tensor, targets: torch.Tensor, positive_weight: float
    ) -> torch.Tensor:
        """The cross-entropy of each pair of entities, `[Q]`; 0 for a pair without evidence.

        # Parameters

        scores : `torch.Tensor`
            `[Q, columns]`.
        targets : `torch.Tensor`
            `[Q, R]`, bool.
        positive_weight : `float`
            w_t, the weight of gold facts.
        """
        has_evidence = scores[:, :1] > _NO_EVIDENCE  # in one column or in all
        if self.is_softmax:
            logarithm = scores.log_softmax(-1)
            positive, negative = logarithm[:, 1:], logarithm[:, :1]
            is_negative = ~targets.any(-1, keepdim=True)
        else:
            positive = functional.logsigmoid(scores) if self.of_logits else scores
            negative = functional.logsigmoid(-scores) if self.of_logits else log_complement(scores)
            is_negative = ~targets
        return -(
            positive_weight * (positive * (targets & has_evidence)).sum(-1)
            + (negative * (is_negative & has_evidence)).sum(-1)
        )

    def has_evidence(self, scores: torch.Tensor) -> torch.Tensor:
        """Whether each pair of entities has evidence, `[Q]`, bool."""
        return scores[:, 0] > _NO_EVIDENCE if scores.size(1) else scores.new_zeros(len(scores)) > 0


def weighted_binary_cross_entropy(
    log_p: torch.Tensor, targets: torch.Tensor, positive_weight: float
) -> torch.Tensor:
    """`- w y log p - (1 - y) log(1 - p)`, elementwise, from `log p`."""
    return -torch.where(targets, positive_weight * log_p, log_complement(log_p))
