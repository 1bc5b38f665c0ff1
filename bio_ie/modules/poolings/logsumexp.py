import torch

from bio_ie.modules.log_probabilities import segment_logsumexp
from bio_ie.modules.poolings.pooling import EMPTY_LOGIT, Pooling


@Pooling.register("logsumexp")
class LogsumexpPooling(Pooling):
    """
    `log sum_i exp(s_i)` of the logits of a segment (Verga et al. 2018, BRAN). A logit may be minus
    infinity, the log of probability 0: it adds nothing and gets no gradient. A segment without
    items, or whose items are all minus infinity, gets `EMPTY_LOGIT`.

    Registered as a `Pooling` with name "logsumexp".
    """

    domain = "logits"

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        return segment_logsumexp(values, index, num_segments, EMPTY_LOGIT)
