import torch

from bio_ie.modules.schedules.linear_warmup import LinearWarmupSchedule
from bio_ie.modules.schedules.schedule import Schedule


@Schedule.register("step")
class StepSchedule(LinearWarmupSchedule):
    """
    A weight that is `start` for n steps and `end` from then on: `start` at step t = 0 to n - 1, and
    `end` at step n. With the defaults it is the weight of a loss that does not count in the first
    epoch.

    Registered as a `Schedule` with name "step".

    # Parameters

    start : `float`, optional (default = `0.0`)
    end : `float`, optional (default = `1.0`)
    num_steps, num_epochs : optional
        n; see `LinearWarmupSchedule`.
    """

    def value(self) -> torch.Tensor:
        # An unknown length counts as 1; the step is 0 then.
        is_over = (self.step >= self.length.clamp(min=1)).float()
        return self.start * (1 - is_over) + self.end * is_over
