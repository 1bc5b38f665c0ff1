import math

import torch

from bio_ie.modules.poolings.pooling import Pooling
from bio_ie.modules.segments import segment_softmax, segment_sum


@Pooling.register("attention")
class AttentionPooling(Pooling):
    """
    A weighted mean of the vectors of a segment, with weights `softmax_i(q . v_i)` for a learned
    query q (selective attention over the sentences of an entity pair). A segment without items gets
    the zero vector. q starts from a normal distribution with variance `1 / input_dim`.

    Registered as a `Pooling` with name "attention".

    # Parameters

    input_dim : `int`
        The size of the vectors, which is the last dimension of the pooled values. Usually given by
        the model, which takes a `Lazy[Pooling]`.
    """

    domain = "vectors"

    def __init__(self, input_dim: int) -> None:
        super().__init__()
        self.query = torch.nn.Parameter(torch.empty(input_dim))
        torch.nn.init.normal_(self.query, std=1 / math.sqrt(input_dim))

    def pool(self, values: torch.Tensor, index: torch.Tensor, num_segments: int) -> torch.Tensor:
        scores = values @ self.query.to(values.dtype)  # [items, ...]
        weights = segment_softmax(scores, index, num_segments).unsqueeze(-1)
        return segment_sum(weights * values, index, num_segments)
