"""The base of every graph encoder: node vectors in, node vectors that know their graph out."""

from typing import Optional

import torch
from allennlp.common import Registrable


class GraphEncoder(torch.nn.Module, Registrable):
    """
    Encodes the nodes of graphs whose edges have a direction, a relation and a weight.

    Edge (i, j, k) leads from node i to node j under relation k: j is a neighbour of i, and i hears
    from j. There are two ways to give the edges, for two kinds of graph; both mean the same, and
    every encoder takes both, so that any encoder can stand in any place:

    * `forward` takes a list of edges. Fit for few edges of many relations, as between the concepts
      of a knowledge base. Graphs of a batch are one graph whose parts are not connected.
    * `dense` takes a weight for every relation between any two nodes, as equation 3 of Lai et al.
      2021 gives them for the spans of a sentence. A node is no neighbour of itself.

    No edge, and no node, is an ordinary case: the encoder still computes, so that every parameter
    keeps a defined gradient.

    A consumer takes a `Lazy[GraphEncoder]` and gives `input_dim` and `num_relations`; the rest is
    configuration.

    # Parameters

    input_dim : `int`
        The size of a node vector.
    num_relations : `int`
        R, inverse relations included where the graph has them.
    """

    def __init__(self, input_dim: int, num_relations: int) -> None:
        super().__init__()
        self.input_dim = input_dim
        self.num_relations = num_relations

    def get_output_dim(self) -> int:
        """The size of an encoded node."""
        raise NotImplementedError

    def forward(
        self, nodes: torch.Tensor, edges: torch.Tensor, weights: Optional[torch.Tensor] = None
    ) -> torch.Tensor:
        """
        # Parameters

        nodes : `torch.Tensor`
            Shape `[n, input_dim]`.
        edges : `torch.Tensor`
            Shape `[E, 3]`, int64, in any order: from, to, relation. All that are given count, one
            that is given twice twice.
        weights : `torch.Tensor`, optional
            Shape `[E]`, not negative; 1 each if not given.

        # Returns

        `torch.Tensor`
            Shape `[n, get_output_dim()]`.
        """
        raise NotImplementedError

    def dense(self, nodes: torch.Tensor, weights: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """
        Memory is that of the weights and of one vector per node and relation; there is never a
        vector per edge.

        # Parameters

        nodes : `torch.Tensor`
            Shape `[B, K, input_dim]`.
        weights : `torch.Tensor`
            Shape `[B, K, K, R]`, not negative; `[b, i, j, k]` is that of edge (i, j, k). Those of a
            node with itself, or with padding, are ignored.
        mask : `torch.Tensor`
            Shape `[B, K]`, bool, false for padding.

        # Returns

        `torch.Tensor`
            Shape `[B, K, get_output_dim()]`. What is in padding has no meaning.
        """
        raise NotImplementedError


def between_different_nodes(weights: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """`weights` `[B, K, K, R]`, zero where an edge leads from a node to itself, from padding or to
    padding, by `mask` `[B, K]`."""
    others = ~torch.eye(mask.size(1), dtype=torch.bool, device=mask.device)
    connected = mask.unsqueeze(2) & mask.unsqueeze(1) & others
    # Not a product: what is predicted for padding need not be finite.
    return weights.masked_fill(~connected.unsqueeze(3), 0)
