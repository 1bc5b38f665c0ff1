import torch

from bio_ie.modules.schedules.schedule import Schedule


@Schedule.register("constant")
class ConstantSchedule(Schedule):
    """
    The same weight at every step.

    Registered as a `Schedule` with name "constant".

    # Parameters

    value : `float`, optional (default = `1.0`)
    """

    weight: torch.Tensor

    def __init__(self, value: float = 1.0) -> None:
        super().__init__()
        # A buffer, to be on the right device; not saved, since it is configuration and not state.
        self.register_buffer("weight", torch.tensor(float(value)), persistent=False)

    def value(self) -> torch.Tensor:
        # A copy: distributed training writes buffers in place, while a loss may still refer to it.
        return self.weight.clone()
