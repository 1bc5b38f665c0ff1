import torch

from bio_ie.modules.log_probabilities import segment_logsumexp
from bio_ie.modules.poolings.pooling import EMPTY_LOGIT, Pooling
from bio_ie.modules.segments import segment_mean


@Pooling.register("mean")
class MeanPooling(Pooling):
    """
    The mean probability of a segment; 0 for a segment without items.

    Registered as a `Pooling` with name "mean".
    """

    domain = "probabilities"
    exceeds_largest = False

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        return segment_mean(values, index, num_segments)

    def pool_logs(
        self, log_values: torch.Tensor, index: torch.Tensor, num_segments: int
    ) -> torch.Tensor:
        total = segment_logsumexp(log_values, index, num_segments, EMPTY_LOGIT)
        count = index.bincount(minlength=num_segments).clamp(min=1).to(total.dtype)
        return total - count.log().view(-1, *[1] * (total.dim() - 1))
