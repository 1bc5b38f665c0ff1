"""The base of every schedule: a weight that changes as training goes on."""

import torch
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError


class Schedule(torch.nn.Module, Registrable):
    """
    A weight, of a loss term say, as a function of the number of training steps so far.

    A step is one training forward, that is one batch on each worker, whatever the number of batches
    per update of the weights. Calling the schedule gives the weight of the present step and, in
    training mode, goes on to the next, so a model calls it once per forward and keeps one schedule
    per weight; in evaluation mode the step stays where it is.

    All state is in buffers: it follows the model to its device, into its checkpoints, so that a
    recovered run goes on where it was, and through distributed training, where workers step
    together. A model that is loaded to be trained further does not begin its schedules anew.

    Implementations override `value`, and those with a length in epochs `is_resolved` and `resolve`.
    """

    step: torch.Tensor
    """Training forwards so far, an int64 scalar."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("step", torch.zeros((), dtype=torch.int64))

    def forward(self) -> torch.Tensor:
        """The weight at this step, a float32 scalar without gradient, on the schedule's device.

        Raises `ConfigurationError` when it is needed in training and its length is not known."""
        if self.training and not self.is_resolved:
            raise ConfigurationError(
                f"{type(self).__name__} does not know its length in steps: give it num_steps, or "
                'add {"type": "schedules"} to the trainer\'s callbacks, which takes the number of '
                "batches per epoch from the data loader"
            )
        value = self.value()
        if self.training:
            self.step.add_(1)
        return value

    def value(self) -> torch.Tensor:
        """The weight at `step`. Leaves the step as it is and makes no copy to the host."""
        raise NotImplementedError

    @property
    def is_resolved(self) -> bool:
        """Whether everything is known that `value` needs."""
        return True

    def resolve(self, batches_per_epoch: int) -> None:
        """Turns a length in epochs into one in steps, on a schedule that is not resolved."""
