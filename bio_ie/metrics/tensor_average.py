"""The mean of a tensor over batches, calculated without waiting for the device at every batch."""

from typing import Any, Dict, Optional

import torch
from allennlp.nn.util import dist_reduce_sum

from bio_ie.metrics.training_metric import TrainingMetric


class TensorAverage(TrainingMetric):
    """The weighted mean of scalar tensors. AllenNLP's `Average` copies every value to the host at
    once, and in distributed training reduces it over the processes. This metric does both only in
    `get_metric`."""

    def __init__(self) -> None:
        self._total: Optional[torch.Tensor] = None
        self._weight: float = 0.0

    def __call__(self, value: torch.Tensor, weight: float = 1.0) -> None:  # type: ignore[override]
        value = value.detach().float() * weight
        self._total = value if self._total is None else self._total + value
        self._weight += weight

    def get_metric(self, reset: bool = False) -> float:
        total = 0.0 if self._total is None else float(self._total)
        sums = torch.tensor([total, self._weight], dtype=torch.float64)
        total, weight = dist_reduce_sum(sums).tolist()
        if reset:
            self.reset()
        return total / weight if weight else 0.0

    def reset(self) -> None:
        self._total = None
        self._weight = 0.0

    def state_dict(self) -> Dict[str, Any]:
        """The sums behind the mean, which `load_state_dict` restores."""
        return {"total": self._total, "weight": self._weight}

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        self._total = state_dict["total"]
        self._weight = state_dict["weight"]
