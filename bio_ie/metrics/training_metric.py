"""Metrics whose state a recovered training run must restore."""

from typing import Any, Dict, Protocol, Sequence, runtime_checkable

from allennlp.training.metrics import Metric


class TrainingMetric(Metric):
    """A metric that adds something up over the batches of a training epoch. Checkpoints made in the
    middle of an epoch contain its sums, so that a recovered run has the same metrics as a run
    without interruption (see the callback `exact_recovery`)."""

    def state_dict(self) -> Dict[str, Any]:
        """The sums, which `load_state_dict` restores."""
        raise NotImplementedError

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        raise NotImplementedError


@runtime_checkable
class HasTrainingMetrics(Protocol):
    """A model that has `TrainingMetric`s."""

    def training_metrics(self) -> Sequence[TrainingMetric]:
        """All training metrics of the model, always in the same order."""
