"""The base of every concept embedder: concepts of a knowledge base in, vectors out."""

from typing import Dict

import torch
from allennlp.common import Registrable


class ConceptEmbedder(torch.nn.Module, Registrable):
    """
    Gives each concept, and each semantic type that is a node of a graph, a vector.

    A concept comes as its key: `bio_ie.text.stable_key.stable_key` of its id, a hash
    of 64 bits. Unlike an index into a vocabulary, a key is defined for concepts that training never
    saw, which may have vectors in a file all the same; unlike a row of a knowledge base, it stays
    when that is built anew; and unlike a string, it is a number that a device can look up. Readers
    compute keys; embedders search them in the sorted keys of what they have vectors for.

    Semantic types, a small and closed set, are indices into a namespace of the vocabulary.

    An archive holds whatever was trained, and the vocabulary. Vectors that were read from a file
    and not trained stay in that file, of which the archive keeps the path and the digest.

    # Parameters

    output_dim : `int`
        The size of a concept's vector.
    """

    def __init__(self, output_dim: int) -> None:
        super().__init__()
        self.output_dim = output_dim

    def get_output_dim(self) -> int:
        """The size of a concept's vector."""
        return self.output_dim

    def forward(self, keys: torch.Tensor, semantic_types: torch.Tensor) -> torch.Tensor:
        """
        # Parameters

        keys : `torch.Tensor`
            Shape `[C]`, int64, the key of each concept; one may come twice.
        semantic_types : `torch.Tensor`
            Shape `[T, 2]`, int64, in any order: a concept's place among the C, and one of its
            types. A concept may have several or none.

        # Returns

        `torch.Tensor`
            Shape `[C, output_dim]`.
        """
        raise NotImplementedError

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """Shares of the concepts since the last reset for which there was nothing but an unknown
        vector."""
        return {}
