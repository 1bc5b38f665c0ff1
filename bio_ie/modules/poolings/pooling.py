"""The base of every pooling: flat items in, one value per segment out."""

from typing import ClassVar, Literal

import torch
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.precision import at_least_single

EMPTY_LOGIT = -1e4
"""The logit, or log-probability, of a segment in which nothing is possible. Its probability is
exactly 0, also beside others; unlike minus infinity it is harmless in a loss or a difference, and
half precision holds it."""

Domain = Literal["probabilities", "logits", "vectors"]


class Pooling(torch.nn.Module, Registrable):
    """
    Reduces the items of each segment to one, whatever the number of items. An item says which
    segment it belongs to by an index, so ragged sets need no padding; the order of items is free.

    Arithmetic is in single precision at least: half-precision values are raised first, and so is
    the result, under autocast too. A segment without items gets a stated value: 0 for probabilities
    and vectors, `EMPTY_LOGIT` for logits. Gradients are finite everywhere in the domain, 0 and 1
    included for probabilities.

    Implementations set `domain` and override `pool`, and where the domain is "probabilities"
    `pool_logs` too.
    """

    domain: ClassVar[Domain]
    """What is pooled. A consumer checks it by `require_domain`."""
    exceeds_largest: ClassVar[bool] = True
    """Whether the result can be more than the largest item. Even then it is no more than the sum;
    of logits, than the logarithm of the sum of their exponentials."""

    def forward(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        """
        # Parameters

        values : `torch.Tensor`
            Shape `[items, ...]`. Trailing dimensions are pooled each on its own, except for the
            last one where the domain is "vectors".
        index : `torch.Tensor`
            Shape `[items]`, int64, the segment of each item, in any order.
        num_segments : `int`

        # Returns

        `torch.Tensor`
            Shape `[num_segments, ...]`, single precision for half-precision values.
        """
        values = at_least_single(values)
        with torch.autocast(values.device.type, enabled=False):
            return self.pool(values, index, num_segments)

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        """As `forward`, for values of single or double precision."""
        raise NotImplementedError

    def of_logs(
        self, log_values: torch.Tensor, index: torch.Tensor, num_segments: int
    ) -> torch.Tensor:
        """The logarithm of the pooled probability, from the logarithms of the items. The same
        function as `forward`, but a product of many small probabilities, which is 0 in single
        precision, still has its value here, and its gradient.

        # Parameters

        log_values : `torch.Tensor`
            Shape `[items, ...]`, at most 0.
        index, num_segments
            As for `forward`.

        # Returns

        `torch.Tensor`
            Shape `[num_segments, ...]`; `EMPTY_LOGIT` without items.
        """
        log_values = at_least_single(log_values)
        with torch.autocast(log_values.device.type, enabled=False):
            return self.pool_logs(log_values, index, num_segments)

    def pool_logs(
        self, log_values: torch.Tensor, index: torch.Tensor, num_segments: int
    ) -> torch.Tensor:
        """As `of_logs`, for values of single or double precision."""
        raise NotImplementedError

    def require_domain(self, domain: Domain, consumer: str) -> None:
        """Raises `ConfigurationError` unless this pooling works on `domain`, which is what
        `consumer` (a name for the message) has to pool."""
        if self.domain == domain:
            return
        fitting = [
            name
            for name in Pooling.list_available()
            if getattr(Pooling.by_name(name), "domain", None) == domain
        ]
        raise ConfigurationError(
            f"{consumer} pools {domain}, but {type(self).__name__} is a pooling of {self.domain}; "
            f"choose one of: {', '.join(fitting)}"
        )
