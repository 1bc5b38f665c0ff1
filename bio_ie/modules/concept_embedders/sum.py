from typing import Dict

import torch

from bio_ie.modules.concept_embedders.concatenated import ConcatenatedConceptEmbedder
from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder


@ConceptEmbedder.register("sum")
class SumConceptEmbedder(ConcatenatedConceptEmbedder):
    """
    The sum of learned projections of several embedders' vectors, `sum_p W_p x_p`. There is no bias,
    so a part whose vector is zero adds nothing.

    Registered as a `ConceptEmbedder` with name "sum".

    # Parameters

    parts : `Dict[str, ConceptEmbedder]`
        The embedders, under names of your choice.
    output_dim : `int`
        The size of each projection.
    """

    def __init__(self, parts: Dict[str, ConceptEmbedder], output_dim: int) -> None:
        super().__init__(parts)
        # The sum of projections is one projection of the concatenation.
        self.projection = torch.nn.Linear(self.output_dim, output_dim, bias=False)
        self.output_dim = output_dim

    def forward(self, keys: torch.Tensor, semantic_types: torch.Tensor) -> torch.Tensor:
        return self.projection(super().forward(keys, semantic_types))
