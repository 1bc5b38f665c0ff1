"""The base of the graph encoders, which give node vectors information from their neighbours."""

from typing import Optional

import torch
from allennlp.common import Registrable


class GraphEncoder(torch.nn.Module, Registrable):
    """
    Encodes the nodes of graphs whose edges have a direction, a relation and a weight.

    Edge (i, j, k) leads from node i to node j under relation k: j is a neighbour of i, and i
    receives messages from j. There are two ways to give the edges, for two kinds of graphs. Both
    mean the same, and every encoder supports both, so that any encoder can be used in any place:

    * `forward` takes a list of edges. This suits few edges of many relations, as between the
      concepts of a knowledge base. The graphs of a batch form one graph whose parts are not
      connected.
    * `dense` takes a weight for every relation between any two nodes, as equation 3 of Lai et al.
      2021 gives them for the spans of a sentence. A node is not its own neighbour.

    A graph without edges, or without nodes, is an ordinary case: the encoder still computes, so
    that every parameter keeps a defined gradient.

    A model that uses an encoder takes a `Lazy[GraphEncoder]` and gives `input_dim` and
    `num_relations`; the rest is configuration.

    # Parameters

    input_dim : `int`
        The size of a node vector.
    num_relations : `int`
        R, the number of relations, including inverse relations where the graph has them.
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
            Shape `[E, 3]`, int64, in any order: from, to, relation. An edge that is given twice
            counts twice.
        weights : `torch.Tensor`, optional
            Shape `[E]`, not negative. By default every weight is 1.

        # Returns

        `torch.Tensor`
            Shape `[n, get_output_dim()]`.
        """
        raise NotImplementedError

    def dense(self, nodes: torch.Tensor, weights: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """
        Encodes graphs that have a weight for every edge. The memory needed is that of the weights
        and of one vector per node and relation; there is never a vector per edge.

        # Parameters

        nodes : `torch.Tensor`
            Shape `[B, K, input_dim]`.
        weights : `torch.Tensor`
            Shape `[B, K, K, R]`, not negative; `[b, i, j, k]` is the weight of edge (i, j, k).
            Weights of a node with itself, or with padding, are ignored.
        mask : `torch.Tensor`
            Shape `[B, K]`, bool, false for padding.

        # Returns

        `torch.Tensor`
            Shape `[B, K, get_output_dim()]`. The vectors at padding have no meaning.
        """
        raise NotImplementedError


def between_different_nodes(weights: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """`weights` `[B, K, K, R]`, with zeros where an edge leads from a node to itself, or from or to
    padding. Padding is where `mask` `[B, K]` is false."""
    others = ~torch.eye(mask.size(1), dtype=torch.bool, device=mask.device)
    connected = mask.unsqueeze(2) & mask.unsqueeze(1) & others
    # Not a product with the mask, since the weights predicted for padding need not be finite.
    return weights.masked_fill(~connected.unsqueeze(3), 0)
