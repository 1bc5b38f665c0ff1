import torch
from torch_geometric.utils import scatter

from bio_ie.modules.poolings.pooling import Pooling


@Pooling.register("mean")
class MeanPooling(Pooling):
    """
    The mean probability of a segment; 0 without items.

    Registered as a `Pooling` with name "mean".
    """

    domain = "probabilities"

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        return scatter(values, index, dim=0, dim_size=num_segments, reduce="mean")
