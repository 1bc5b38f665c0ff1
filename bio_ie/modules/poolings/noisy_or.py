import torch
from torch_geometric.utils import scatter

from bio_ie.modules.poolings.pooling import Pooling


@Pooling.register("noisy_or")
class NoisyOrPooling(Pooling):
    """
    The probability that at least one of independent events happens: `1 - prod_i (1 - a_i)`, as
    `-expm1(sum_i log1p(-a_i))`, which keeps small probabilities exact; 0 without items.

    Items are kept a rounding error below 1, in value only: the gradient passes unchanged, so that
    it is the product of the other items' complements for an item of exactly 1 as well.

    Registered as a `Pooling` with name "noisy_or".
    """

    domain = "probabilities"

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        below_one = values.detach().clamp(max=1 - torch.finfo(values.dtype).eps)
        values = values + (below_one - values.detach())
        log_none = scatter(torch.log1p(-values), index, dim=0, dim_size=num_segments, reduce="sum")
        # The gradient goes through exp: that of expm1 is its result plus 1, a rounding error here.
        none = torch.exp(log_none)
        return (none.detach() - none) - torch.expm1(log_none.detach())
