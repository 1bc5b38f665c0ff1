from typing import Optional

import torch

from bio_ie.modules.graph_encoders.graph_encoder import GraphEncoder


@GraphEncoder.register("pass_through")
class PassThroughGraphEncoder(GraphEncoder):
    """
    Returns the nodes unchanged, so there is no collective inference. In place of both graph
    networks it gives the FlatAttention baseline of Lai et al. 2021 (section 3.1). In place of one
    of them it gives an ablation (section 3.3).

    Registered as a `GraphEncoder` with name "pass_through".

    # Parameters

    input_dim, num_relations : `int`
        Given by the model; see `GraphEncoder`.
    """

    def get_output_dim(self) -> int:
        return self.input_dim

    def forward(
        self, nodes: torch.Tensor, edges: torch.Tensor, weights: Optional[torch.Tensor] = None
    ) -> torch.Tensor:
        return nodes

    def dense(self, nodes: torch.Tensor, weights: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return nodes
