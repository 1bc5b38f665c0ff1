import torch

from bio_ie.modules.log_probabilities import log_complement, segment_logsumexp
from bio_ie.modules.poolings.pooling import EMPTY_LOGIT, Pooling
from bio_ie.modules.segments import segment_sum

_TINY = -30.0
"""Where `log a` is below this, `log(1 - a)` is `-a` to thirteen digits."""


@Pooling.register("noisy_or")
class NoisyOrPooling(Pooling):
    """
    The probability that at least one of independent events happens: `1 - prod_i (1 - a_i)`, as
    `-expm1(sum_i log1p(-a_i))`, which keeps small probabilities exact; 0 for a segment without
    items.

    Items are kept a rounding error below 1. Only the value changes; the gradient passes unchanged.
    So even for an item of exactly 1 the gradient is the product of the other items' complements.

    Registered as a `Pooling` with name "noisy_or".
    """

    domain = "probabilities"

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        below_one = values.detach().clamp(max=1 - torch.finfo(values.dtype).eps)
        values = values + (below_one - values.detach())
        log_none = segment_sum(torch.log1p(-values), index, num_segments)
        # The gradient goes through exp, because PyTorch computes the gradient of expm1 as its
        # result plus 1, which is only a rounding error here.
        none = torch.exp(log_none)
        return (none.detach() - none) - torch.expm1(log_none.detach())

    def pool_logs(
        self, log_values: torch.Tensor, index: torch.Tensor, num_segments: int
    ) -> torch.Tensor:
        log_none = segment_sum(log_complement(log_values), index, num_segments)
        total = segment_logsumexp(log_values, index, num_segments, EMPTY_LOGIT)
        # Where all items are tiny, the probability is their sum, which the complements round away.
        is_tiny = total < _TINY
        log_none = log_none.masked_fill(is_tiny, -1.0)
        return torch.where(is_tiny, total, log_complement(log_none, nearest=0.0))
