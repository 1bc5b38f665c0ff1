"""What AllenNLP's checkpoints lack for a recovered run to end as one that was left alone."""

import os
from typing import TYPE_CHECKING, Any, Dict, Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.common.util import dump_metrics
from allennlp.data import DataLoader
from allennlp.training.callbacks import TrainerCallback

from bio_ie.metrics.training_metric import HasTrainingMetrics, TrainingMetric

if TYPE_CHECKING:
    from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


@TrainerCallback.register("exact_recovery")
class ExactRecoveryCallback(TrainerCallback):
    """
    Makes `--recover` end where the run would have ended without interruption, dropout on.

    AllenNLP's checkpoints hold the model, the optimizer, the schedulers and the moving average, and
    a recovered run replays the order of the data. What they lack is kept here:

    * the state of torch's random generators, which is put back just before the first forward (after
      all that building the model and replaying drew from them);
    * the metrics of the epochs before, and the sums behind the training metrics of an epoch that
      was interrupted: losses, and the `training_metrics` of the model (`HasTrainingMetrics`);
    * that a run had stopped early.

    It also ties a recovered moving average to the model's parameters, which AllenNLP leaves with
    copies of them.

    Exact for one process that loads its data itself (`num_workers: 0`), computes deterministically
    and does without `use_amp`. Of several processes the state of the first alone is in the
    checkpoint: their recovered run is a sound one, but not the same.

    Registered as a `TrainerCallback` with name "exact_recovery". It belongs before callbacks that
    report metrics. Raises `ConfigurationError` for a validation loader that shuffles, since that
    would change the order of the training data after it.
    """

    def __init__(self, serialization_dir: str) -> None:
        super().__init__(serialization_dir)
        self._metrics: Dict[str, Any] = {}
        # Sums over the batches of the epoch so far, added up in the trainer's order.
        self._losses: Dict[str, float] = {}
        self._recovered: Optional[Dict[str, Any]] = None  # until it is put back
        self._training_metrics: Dict[str, float] = {}

    def state_dict(self) -> Dict[str, Any]:
        assert self.trainer is not None  # set at the start, before any checkpoint
        return {
            "cpu": torch.get_rng_state(),
            # To ask would start CUDA where it is not in use.
            "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else [],
            "metrics": dict(self._metrics),
            "losses": dict(self._losses),
            "averages": [average.state_dict() for average in _training_metrics(self.trainer.model)],
        }

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        self._recovered = state_dict
        self._metrics = dict(state_dict["metrics"])
        self._losses = dict(state_dict["losses"])

    def on_start(
        self, trainer: "GradientDescentTrainer", is_primary: bool = True, **kwargs: Any
    ) -> None:
        super().on_start(trainer, is_primary=is_primary, **kwargs)
        _require_fixed_order(trainer._validation_data_loader)
        if self._recovered is None:
            return
        _tie_moving_average(trainer)
        if trainer._metric_tracker.should_stop_early():
            # AllenNLP asks this at the end of an epoch that it trains: it would train one more.
            trainer._num_epochs = trainer._start_after_epochs_completed

        def put_back(module: torch.nn.Module, inputs: Any) -> None:
            hook.remove()
            self._put_back(trainer)

        hook = trainer.model.register_forward_pre_hook(put_back)

    def _put_back(self, trainer: "GradientDescentTrainer") -> None:
        state, self._recovered = self._recovered, None
        if state is None:
            return
        torch.set_rng_state(state["cpu"])
        if state["cuda"] and len(state["cuda"]) == torch.cuda.device_count():
            torch.cuda.set_rng_state_all(state["cuda"])
        if trainer._distributed:
            return
        model = trainer.model
        for average, saved in zip(_training_metrics(model), state["averages"], strict=True):
            average.load_state_dict(saved)
        if not model.training:
            # All batches of the epoch were done. These are its training metrics, which AllenNLP
            # then leaves out, and which must not get into those of validation.
            model.train()
            for name, value in model.get_metrics(reset=True).items():
                self._training_metrics[f"training_{name}"] = value
            model.eval()

    def on_batch(
        self,
        trainer: "GradientDescentTrainer",
        batch_inputs: Any,
        batch_outputs: Any,
        batch_metrics: Dict[str, Any],
        epoch: int,
        batch_number: int,
        is_training: bool,
        is_primary: bool = True,
        batch_grad_norm: Optional[float] = None,
        **kwargs: Any,
    ) -> None:
        if not is_training:
            return
        self._add("loss", batch_metrics["batch_loss"])
        for output in batch_outputs:
            if "reg_loss" in output:
                self._add("reg_loss", (output["reg_loss"] / len(batch_outputs)).item())

    def _add(self, name: str, value: float) -> None:
        self._losses[name] = self._losses.get(name, 0.0) + value

    def on_epoch(
        self,
        trainer: "GradientDescentTrainer",
        metrics: Dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        known = dict(metrics)
        if _was_interrupted(trainer, epoch):
            self._put_back(trainer)  # if there was no forward since: nothing was left to do
            metrics.update(self._training_metrics)
            for name, total in self._losses.items():
                metrics[f"training_{name}"] = total / trainer._batches_in_epoch_completed
        for name, value in self._metrics.items():
            metrics.setdefault(name, value)  # a type, say, that only an earlier epoch predicted
        if metrics != known and is_primary:
            dump_metrics(
                os.path.join(self.serialization_dir, f"metrics_epoch_{epoch}.json"), metrics
            )
        self._metrics = dict(metrics)
        self._losses = {}

    def on_end(
        self,
        trainer: "GradientDescentTrainer",
        metrics: Optional[Dict[str, Any]] = None,
        epoch: Optional[int] = None,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        if metrics is not None:
            # A run recovered after its last epoch has trained none to take metrics from.
            metrics.update(self._metrics)


def _was_interrupted(trainer: "GradientDescentTrainer", epoch: int) -> bool:
    return (
        epoch == trainer._start_after_epochs_completed
        and trainer._start_after_batches_in_epoch_completed > 0
        and not trainer._distributed
    )


def _training_metrics(model: torch.nn.Module) -> Sequence[TrainingMetric]:
    return model.training_metrics() if isinstance(model, HasTrainingMetrics) else ()


def _tie_moving_average(trainer: "GradientDescentTrainer") -> None:
    average = trainer._moving_average
    if average is None:
        return
    own = dict(trainer._pytorch_model.named_parameters())
    average._parameters = [(name, own[name]) for name, _ in average._parameters]
    for tensors in (average._shadows, average._backups):
        for name, tensor in tensors.items():
            tensors[name] = tensor.to(own[name].device)


def _require_fixed_order(loader: Optional[DataLoader]) -> None:
    sampler = getattr(loader, "batch_sampler", None)
    if getattr(loader, "shuffle", False) or getattr(sampler, "shuffle", False):
        raise ConfigurationError(
            "the callback exact_recovery needs validation data in a fixed order: give the config a "
            'validation_data_loader that does not shuffle, such as {"batch_size": 32}'
        )
