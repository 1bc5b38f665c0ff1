import math
from typing import Dict

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.log_probabilities import segment_log_softmax, segment_logsumexp
from bio_ie.modules.poolings.pooling import EMPTY_LOGIT, Pooling
from bio_ie.modules.segments import segment_softmax, segment_sum


@Pooling.register("smax")
class SmaxPooling(Pooling):
    """
    The smooth maximum with a learned temperature t (Bansal et al. 2020, "Soft maximum pooling"):
    `smax({a_i}) = sum_i w_i a_i`, `w_i = softmax_i(a_i / t)`. It tends to the maximum for t -> 0
    and to the mean for t -> infinity, and the smooth maximum of probabilities is a probability. A
    segment without items gets 0.

    The learned parameter is `log t`, so t stays positive under any update. One step of Adam moves
    it by about the learning rate, so it needs a higher rate than weights do
    (`temperature_lr` of SNERL's base config).

    Registered as a `Pooling` with name "smax".

    # Parameters

    initial_temperature : `float`, optional (default = `0.1`)
        The value that t starts from, positive. The paper does not give one. Probabilities differ by
        less than 1, so at t = 1 their smooth maximum is close to their mean: 0.40 for one item of
        1 beside four of 0, where it is 1.00 at t = 0.1.
    """

    domain = "probabilities"
    exceeds_largest = False

    def __init__(self, initial_temperature: float = 0.1) -> None:
        super().__init__()
        if not 0 < initial_temperature < math.inf:
            raise ConfigurationError(
                f"initial_temperature must be positive and finite, got {initial_temperature}"
            )
        self.log_temperature = torch.nn.Parameter(torch.tensor(math.log(initial_temperature)))

    @property
    def temperature(self) -> torch.Tensor:
        """t, a scalar tensor."""
        return self.log_temperature.exp()

    def get_metrics(self) -> Dict[str, float]:
        """`temperature`."""
        return {"temperature": self.temperature.item()}

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        # A product with exp(-log t), since a division by a t that has overflowed would have a NaN
        # gradient.
        scaled = values * torch.exp(-self.log_temperature)
        weights = segment_softmax(scaled, index, num_segments)  # w, [items, ...]
        return segment_sum(weights * values, index, num_segments)

    def pool_logs(
        self, log_values: torch.Tensor, index: torch.Tensor, num_segments: int
    ) -> torch.Tensor:
        """`log sum_i w_i a_i = logsumexp_i(log w_i + log a_i)`."""
        scaled = log_values.exp() * torch.exp(-self.log_temperature)
        log_weights = segment_log_softmax(scaled, index, num_segments)
        return segment_logsumexp(log_weights + log_values, index, num_segments, EMPTY_LOGIT)
