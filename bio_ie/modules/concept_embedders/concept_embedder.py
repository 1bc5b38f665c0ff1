"""The base of the concept embedders, which give concepts of a knowledge base vectors."""

from typing import Dict

import torch
from allennlp.common import Registrable


class ConceptEmbedder(torch.nn.Module, Registrable):
    """
    Gives each concept, and each semantic type that is a node of a graph, a vector.

    A concept is given by its key, which is `bio_ie.text.stable_key.stable_key` of its id: a hash
    of 64 bits. Unlike an index into a vocabulary, a key is defined for concepts that training never
    saw; a file may still have vectors for them. Unlike a row number in a knowledge base, it stays
    the same when the knowledge base is built anew. And unlike a string, it is a number that a
    device can look up. Readers compute the keys; embedders search for them among the sorted keys of
    the concepts that they have vectors for.

    Semantic types are a small and closed set, so they are given by their indices in a namespace of
    the vocabulary.

    An archive holds the vocabulary and everything that was trained. Vectors that were read from a
    file and not trained stay in that file; the archive keeps the file's path and digest.

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
            Shape `[C]`, int64, the key of each concept; a key may occur more than once.
        semantic_types : `torch.Tensor`
            Shape `[T, 2]`, int64, in any order: a concept's place among the C, and one of its
            types. A concept may have several types or none.

        # Returns

        `torch.Tensor`
            Shape `[C, output_dim]`.
        """
        raise NotImplementedError

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """Shares of the concepts since the last reset that had no vector of their own."""
        return {}
