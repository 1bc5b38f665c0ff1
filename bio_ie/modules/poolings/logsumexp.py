import torch
from torch_geometric.utils import scatter

from bio_ie.modules.poolings.pooling import Pooling

EMPTY_LOGIT = -1e4
"""The logit of a segment in which nothing is possible. Its probability is exactly 0, also beside
other logits; unlike minus infinity it is harmless in a loss or a difference, and half precision
holds it."""


@Pooling.register("logsumexp")
class LogsumexpPooling(Pooling):
    """
    `log sum_i exp(s_i)` of the logits of a segment (Verga et al. 2018, BRAN). A logit may be minus
    infinity, the log of probability 0: it adds nothing and gets no gradient. `EMPTY_LOGIT` without
    items, or when all of them are minus infinity.

    Registered as a `Pooling` with name "logsumexp".
    """

    domain = "logits"

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        peak = scatter(values.detach(), index, dim=0, dim_size=num_segments, reduce="max")
        # Minus infinity less itself is NaN; a finite peak gives it the weight 0 instead.
        peak = peak.masked_fill(peak == -torch.inf, 0)
        weights = torch.exp(values - peak.index_select(0, index))
        total = scatter(weights, index, dim=0, dim_size=num_segments, reduce="sum")
        impossible = total == 0
        # Filled before the logarithm too, whose gradient at 0 is not a number.
        logits = torch.log(total.masked_fill(impossible, 1)) + peak
        return logits.masked_fill(impossible, EMPTY_LOGIT)
