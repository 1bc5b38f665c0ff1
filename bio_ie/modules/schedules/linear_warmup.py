import math
from typing import Any, Optional

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.schedules.schedule import Schedule


@Schedule.register("linear_warmup")
class LinearWarmupSchedule(Schedule):
    """
    A weight that goes linearly from `start` to `end` over n steps and stays there. At step
    t = 0, 1, ... it is `start + (end - start) min(t / n, 1)`: exactly `start` in the first training
    forward, and exactly `end` in every training forward after the n-th.

    With the defaults it is the weight of the relation loss of Giorgi et al. 2019 (equation 10),
    which goes from 0 to 1 over the first epoch. The first batch of the second epoch is the first
    with full weight.

    Registered as a `Schedule` with name "linear_warmup".

    # Parameters

    start : `float`, optional (default = `0.0`)
    end : `float`, optional (default = `1.0`)
    num_steps : `int`, optional
        n, in training forwards (batches). Needed with a data loader that does not know its length.
    num_epochs : `float`, optional (default = `1.0`, unless `num_steps` is given)
        n in epochs; part of an epoch is rounded up to whole steps. The trainer then needs the
        callback `schedules`. Give at most one of `num_steps` and `num_epochs`.
    """

    length: torch.Tensor
    """n, an int64 scalar, or 0 as long as it is not known."""

    def __init__(
        self,
        start: float = 0.0,
        end: float = 1.0,
        num_steps: Optional[int] = None,
        num_epochs: Optional[float] = None,
    ) -> None:
        super().__init__()
        if num_steps is not None and num_epochs is not None:
            raise ConfigurationError("a schedule takes num_steps or num_epochs, not both")
        if num_steps is not None and num_steps < 1:
            raise ConfigurationError(f"num_steps must be at least 1, got {num_steps}")
        if num_epochs is not None and not 0 < num_epochs < math.inf:
            raise ConfigurationError(f"num_epochs must be positive and finite, got {num_epochs}")
        self.start = start
        self.end = end
        self.num_epochs = 1.0 if num_epochs is None else num_epochs
        self.register_buffer("length", torch.tensor(num_steps or 0, dtype=torch.int64))
        # `length > 0` on the host, since reading the buffer in `forward` would wait for the device.
        self._is_resolved = num_steps is not None

    def value(self) -> torch.Tensor:
        # This form is exact at both ends. An unknown length counts as 1; the step is 0 then.
        fraction = torch.minimum(self.step, self.length).float() / self.length.clamp(min=1)
        return self.start * (1 - fraction) + self.end * fraction

    @property
    def is_resolved(self) -> bool:
        return self._is_resolved

    def resolve(self, batches_per_epoch: int) -> None:
        if batches_per_epoch < 1:
            raise ConfigurationError(
                f"an epoch must have at least 1 batch, but it has {batches_per_epoch}"
            )
        self.length.fill_(math.ceil(self.num_epochs * batches_per_epoch))
        self._is_resolved = True

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        super()._load_from_state_dict(*args, **kwargs)
        self._is_resolved = bool(self.length > 0)
