from typing import Any, Dict

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder


@ConceptEmbedder.register("concatenated")
class ConcatenatedConceptEmbedder(ConceptEmbedder):
    """
    Concatenates the vectors of several embedders (Lai et al. 2021, section 2.4: pretrained vectors
    and vectors of definitions). For a concept that a part has no vector for, that part gives zeros
    or its unknown vector.

    Registered as a `ConceptEmbedder` with name "concatenated".

    # Parameters

    parts : `Dict[str, ConceptEmbedder]`
        The embedders, under names of your choice. They are concatenated in the order of the names.
    """

    def __init__(self, parts: Dict[str, ConceptEmbedder]) -> None:
        if not parts:
            raise ConfigurationError("a combined concept embedder needs at least one part")
        super().__init__(sum(part.get_output_dim() for part in parts.values()))
        self.parts: Any = torch.nn.ModuleDict({name: parts[name] for name in sorted(parts)})

    def forward(self, keys: torch.Tensor, semantic_types: torch.Tensor) -> torch.Tensor:
        return torch.cat([part(keys, semantic_types) for part in self.parts.values()], dim=1)

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        return {
            f"{name}_{metric}": value
            for name, part in self.parts.items()
            for metric, value in part.get_metrics(reset).items()
        }
