from typing import TYPE_CHECKING, Any

from allennlp.common.checks import ConfigurationError
from allennlp.training.callbacks import TrainerCallback

from bio_ie.modules.schedules.schedule import Schedule

if TYPE_CHECKING:
    from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


@TrainerCallback.register("schedules")
class ScheduleLengthsCallback(TrainerCallback):
    """
    Tells every `Schedule` of the model how many steps it has, if its length is given in epochs.

    An epoch has as many steps as the data loader has batches (in distributed training: on one
    worker). Gradient accumulation does not change this number, since steps are counted in training
    forward passes. Schedules that know their length already, from `num_steps` or from a recovered
    checkpoint, do not change.

    Raises `ConfigurationError` when a schedule needs the length of a data loader that has none.

    Registered as a `TrainerCallback` with name "schedules".
    """

    def on_start(
        self, trainer: "GradientDescentTrainer", is_primary: bool = True, **kwargs: Any
    ) -> None:
        super().on_start(trainer, is_primary=is_primary, **kwargs)
        for name, module in trainer.model.named_modules():
            if isinstance(module, Schedule) and not module.is_resolved:
                module.resolve(_batches_per_epoch(trainer, name))


def _batches_per_epoch(trainer: "GradientDescentTrainer", schedule: str) -> int:
    try:
        return len(trainer.data_loader)
    except TypeError as error:
        raise ConfigurationError(
            f"the schedule {schedule!r} lasts a number of epochs, but the data loader does not "
            "know how many batches an epoch has: give the schedule num_steps"
        ) from error
