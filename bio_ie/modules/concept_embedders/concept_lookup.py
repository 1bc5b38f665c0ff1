"""The base of the concept embedders that look concepts up in a table."""

from typing import Any, Callable, Dict

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder
from bio_ie.modules.precision import at_least_single


class ConceptLookup(ConceptEmbedder):
    """
    A concept embedder with a table of vectors, and a substitute for concepts that are not in it.

    With `concept_dropout`, the substitute is a learned "unknown" vector. In training it also
    replaces each concept with that probability, which is how it is trained. Without
    `concept_dropout` nothing would train such a vector, so the substitute is zeros. The share of
    unknown concepts is a metric, which does not count dropped concepts.

    Implementations override `vectors_at`.

    # Parameters

    keys : `torch.Tensor`
        Shape `[n]`, int64, ascending, n at least 1: the keys of the concepts in the table.
    output_dim : `int`
    concept_dropout : `float`, optional (default = `0.0`)
        The probability to replace a concept in training; less than 1.
    """

    def __init__(self, keys: torch.Tensor, output_dim: int, concept_dropout: float = 0.0) -> None:
        super().__init__(output_dim)
        if not 0 <= concept_dropout < 1:
            raise ConfigurationError(
                f"concept_dropout must be at least 0 and less than 1, got {concept_dropout}"
            )
        self.concept_dropout = concept_dropout
        self.register_parameter("unknown", None)
        if concept_dropout > 0:
            self.unknown = torch.nn.Parameter(torch.empty(output_dim))
            torch.nn.init.normal_(self.unknown, std=0.02)
        # These are no buffers, which distributed training would send around before every forward.
        self._fixed = {"keys": keys}
        self._counts = {"concepts": torch.zeros(()).long(), "unknown": torch.zeros(()).long()}

    def vectors_at(self, places: torch.Tensor) -> torch.Tensor:
        """The vectors of the concepts at `places` `[C]` among the sorted keys,
        `[C, output_dim]`."""
        raise NotImplementedError

    def forward(self, keys: torch.Tensor, semantic_types: torch.Tensor) -> torch.Tensor:
        known_keys = self._fixed["keys"]
        places = torch.searchsorted(known_keys, keys).clamp(max=len(known_keys) - 1)
        known = known_keys[places] == keys
        self._counts["concepts"] += len(keys)
        self._counts["unknown"] += len(keys) - known.sum()
        if self.training and self.unknown is not None:
            known = known & (torch.rand(keys.shape, device=keys.device) >= self.concept_dropout)
        vectors = at_least_single(self.vectors_at(places))
        unknown = vectors.new_zeros(()) if self.unknown is None else self.unknown
        return torch.where(known.unsqueeze(1), vectors, unknown)

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        concepts, unknown = (int(count) for count in self._counts.values())
        if reset:
            for count in self._counts.values():
                count.zero_()
        return {"unknown_concepts": unknown / max(1, concepts)}

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], *args: Any) -> "ConceptLookup":
        """Moves the tensors that are not buffers to a device too."""
        super()._apply(fn, *args)
        for tensors in (self._fixed, self._counts):
            tensors.update({name: fn(tensor) for name, tensor in tensors.items()})
        return self
