"""The base of the schedules: weights that change as training goes on."""

import torch
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError


class Schedule(torch.nn.Module, Registrable):
    """
    A weight, for example of a loss term, as a function of the number of training steps so far.

    A step is one training forward, that is one batch on each worker, whatever the number of batches
    per update of the weights. Calling the schedule gives the weight at the current step and, in
    training mode, advances to the next step. So a model calls it once per forward and keeps one
    schedule per weight. In evaluation mode the step does not change.

    All state is in buffers. So it follows the model to its device and into its checkpoints, and a
    recovered run goes on where it was. It also works in distributed training, where workers step
    together. A model that is loaded to be trained further does not begin its schedules anew.

    Implementations override `value`. Those with a length in epochs also override `is_resolved` and
    `resolve`.
    """

    step: torch.Tensor
    """The number of training forwards so far, an int64 scalar."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("step", torch.zeros((), dtype=torch.int64))

    def forward(self) -> torch.Tensor:
        """The weight at this step, a float32 scalar without gradient, on the schedule's device.

        Raises `ConfigurationError` in training if the schedule's length is not known."""
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
        """Whether everything that `value` needs is known."""
        return True

    def resolve(self, batches_per_epoch: int) -> None:
        """Turns a length in epochs into a length in steps; for schedules that are not resolved."""
