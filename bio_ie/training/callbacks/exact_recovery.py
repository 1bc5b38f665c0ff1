"""Makes a recovered training run end exactly like a run without interruption."""

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
    Makes a run with `--recover` end exactly as it would have ended without interruption, even with
    dropout.

    AllenNLP's checkpoints contain the model, the optimizer, the schedulers and the moving average,
    and a recovered run replays the order of the data. This callback adds what they lack:

    * the state of torch's random generators. It is restored just before the first forward pass,
      after building the model and replaying the data have drawn from the generators;
    * the metrics of the earlier epochs, and the sums behind the training metrics of an interrupted
      epoch: losses, and the `training_metrics` of the model (`HasTrainingMetrics`);
    * the fact that a run had stopped early.

    It also ties a recovered moving average to the model's parameters, because AllenNLP ties it to
    copies of them.

    Recovery is exact for one process that loads its data itself (`num_workers: 0`), computes
    deterministically and does not use `use_amp`. With several processes, the checkpoint has only
    the state of the first process, so the recovered run is valid but not the same.

    Registered as a `TrainerCallback` with name "exact_recovery". It must come before callbacks that
    report metrics. Raises `ConfigurationError` for a validation loader that shuffles, since
    shuffling would change the order of the training data after it.
    """

    def __init__(self, serialization_dir: str) -> None:
        super().__init__(serialization_dir)
        self._metrics: Dict[str, Any] = {}
        # Sums over the batches of the epoch so far, added in the same order as in the trainer, so
        # that rounding is the same.
        self._losses: Dict[str, float] = {}
        self._recovered: Optional[Dict[str, Any]] = None  # the state, until it is restored
        self._training_metrics: Dict[str, float] = {}

    def state_dict(self) -> Dict[str, Any]:
        assert self.trainer is not None  # set at the start, before any checkpoint
        return {
            "cpu": torch.get_rng_state(),
            # Without the check, asking for the states would initialise CUDA where it is not used.
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
            # AllenNLP checks this only at the end of an epoch, so it would train one more epoch.
            trainer._num_epochs = trainer._start_after_epochs_completed

        def restore(module: torch.nn.Module, inputs: Any) -> None:
            hook.remove()
            self._restore(trainer)

        hook = trainer.model.register_forward_pre_hook(restore)

    def _restore(self, trainer: "GradientDescentTrainer") -> None:
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
            # All batches of the epoch were done before the interruption, and this is validation.
            # AllenNLP leaves out the training metrics of the epoch then, so they are read here.
            # This reset also keeps them out of the validation metrics.
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
            self._restore(trainer)  # does something only if there was no forward pass before
            metrics.update(self._training_metrics)
            for name, total in self._losses.items():
                metrics[f"training_{name}"] = total / trainer._batches_in_epoch_completed
        for name, value in self._metrics.items():
            # For example the score of a type that only an earlier epoch predicted.
            metrics.setdefault(name, value)
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
            # A run that is recovered after its last epoch trains no epoch that gives metrics.
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
