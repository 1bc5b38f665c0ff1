"""The base of the poolings, which reduce flat items to one value per segment."""

from typing import ClassVar, Dict, Literal

import torch
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.precision import at_least_single

EMPTY_LOGIT = -1e4
"""The logit, or log-probability, of a segment in which nothing is possible. Its probability is
exactly 0, also next to other items. Unlike minus infinity it is harmless in a loss or a difference,
and half precision can represent it."""

Domain = Literal["probabilities", "logits", "vectors"]


class Pooling(torch.nn.Module, Registrable):
    """
    Reduces the items of each segment to one value, whatever the number of items. An index gives the
    segment of each item, so segments of different sizes need no padding. Items may be in any order.

    Arithmetic is in single precision at least, under autocast too: half-precision values are
    converted first, and the result is in single precision. A segment without items gets a fixed
    value: 0 for probabilities and vectors, `EMPTY_LOGIT` for logits. Gradients are finite
    everywhere in the domain, which includes 0 and 1 for probabilities.

    Implementations set `domain` and override `pool`. Where the domain is "probabilities" they
    override `pool_logs` too. They set `exceeds_largest` to false if the result is never more than
    the largest item.
    """

    domain: ClassVar[Domain]
    """The kind of values that are pooled. A model checks it by `require_domain`."""
    exceeds_largest: ClassVar[bool] = True
    """Whether the result can be more than the largest item. Even then it is at most the sum of the
    items; for logits, at most the logarithm of the sum of their exponentials."""

    def forward(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        """
        # Parameters

        values : `torch.Tensor`
            Shape `[items, ...]`. Each element of the trailing dimensions is pooled on its own; but
            where the domain is "vectors", the last dimension is that of the vectors.
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
        """Computes the logarithm of the pooled probability from the logarithms of the items. It is
        the same function as `forward`, but a product of many small probabilities, which would be 0
        in single precision, keeps its value and its gradient here.

        # Parameters

        log_values : `torch.Tensor`
            Shape `[items, ...]`, at most 0.
        index, num_segments
            As for `forward`.

        # Returns

        `torch.Tensor`
            Shape `[num_segments, ...]`; `EMPTY_LOGIT` for segments without items.
        """
        log_values = at_least_single(log_values)
        with torch.autocast(log_values.device.type, enabled=False):
            return self.pool_logs(log_values, index, num_segments)

    def pool_logs(
        self, log_values: torch.Tensor, index: torch.Tensor, num_segments: int
    ) -> torch.Tensor:
        """As `of_logs`, for values of single or double precision."""
        raise NotImplementedError

    def get_metrics(self) -> Dict[str, float]:
        """The learned values of the pooling itself, to be watched in training. By default it has
        none."""
        return {}

    def require_domain(self, domain: Domain, consumer: str) -> None:
        """Raises `ConfigurationError` unless this pooling works on `domain`. The message names
        `consumer` as the one that has such values to pool."""
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
