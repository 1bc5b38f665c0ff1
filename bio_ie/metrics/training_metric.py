"""Metrics that a recovered training run has to go on with."""

from typing import Any, Dict, Protocol, Sequence, runtime_checkable

from allennlp.training.metrics import Metric


class TrainingMetric(Metric):
    """A metric that adds something up over the batches of a training epoch. Checkpoints made in the
    middle of an epoch hold its sums, so that the metrics of a recovered run are those of a run
    without interruption (the callback `exact_recovery`)."""

    def state_dict(self) -> Dict[str, Any]:
        """What `load_state_dict` needs to go on with the same sums."""
        raise NotImplementedError

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        raise NotImplementedError


@runtime_checkable
class HasTrainingMetrics(Protocol):
    """A model that adds metrics up while it trains."""

    def training_metrics(self) -> Sequence[TrainingMetric]:
        """All of them, always in the same order."""
