import torch

from bio_ie.modules.poolings.pooling import EMPTY_LOGIT, Pooling


@Pooling.register("max")
class MaxPooling(Pooling):
    """
    The largest probability of a segment (equation 4 of Bansal et al. 2020); 0 for a segment without
    items. Items that tie for the largest share the gradient equally.

    Registered as a `Pooling` with name "max".
    """

    domain = "probabilities"
    exceeds_largest = False

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        return _maximum(values, index, num_segments, empty=0.0)

    def pool_logs(
        self, log_values: torch.Tensor, index: torch.Tensor, num_segments: int
    ) -> torch.Tensor:
        return _maximum(log_values, index, num_segments, EMPTY_LOGIT)


def _maximum(
    values: torch.Tensor, index: torch.Tensor, num_segments: int, empty: float
) -> torch.Tensor:
    # Not torch-geometric's `scatter`: its gradient for ties depends on the installed packages.
    index = index.view(-1, *[1] * (values.dim() - 1)).expand_as(values)
    pooled = values.new_full((num_segments, *values.shape[1:]), empty)
    return pooled.scatter_reduce(0, index, values, reduce="amax", include_self=False)
