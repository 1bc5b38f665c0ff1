"""The number of active latent units, which is 0 when the posterior has collapsed."""

from typing import Any, Dict

import torch
from allennlp.nn.util import dist_reduce_sum

from bio_ie.metrics.training_metric import TrainingMetric


class ActiveUnits(TrainingMetric):
    """The number of units u_d of a latent variable whose posterior mean varies over inputs:
    `Var_c(E_q(u_d | c)[u_d]) > threshold` (Burda et al. 2016, appendix C). It is counted over all
    inputs since the last reset and over all processes.

    # Parameters

    num_units : `int`
        D
    threshold : `float`, optional (default = `0.01`)
    """

    supports_distributed = True

    def __init__(self, num_units: int, threshold: float = 0.01) -> None:
        self._threshold = threshold
        # The sums of the means and of their squares. They move to the device of the means.
        self._sums = torch.zeros(2, num_units, dtype=torch.float64)
        self._count = 0

    def __call__(self, means: torch.Tensor) -> None:  # type: ignore[override]
        """Adds the posterior means of some inputs, `[n, D]`."""
        means = means.detach().double()
        self._sums = self._sums.to(means.device) + torch.stack([means.sum(0), (means**2).sum(0)])
        self._count += len(means)

    def get_metric(self, reset: bool = False) -> float:
        sums, count = dist_reduce_sum(self._sums.cpu()), dist_reduce_sum(self._count)
        first, second = sums / max(count, 1)
        active = int((second - first**2 > self._threshold).sum())
        if reset:
            self.reset()
        return float(active)

    def reset(self) -> None:
        self._sums = torch.zeros_like(self._sums)
        self._count = 0

    def state_dict(self) -> Dict[str, Any]:
        """The sums, which `load_state_dict` restores."""
        return {"sums": self._sums, "count": self._count}

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        self._sums = state_dict["sums"]
        self._count = state_dict["count"]
