from typing import Any, List, NamedTuple, Optional

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.graph_encoders.graph_encoder import GraphEncoder, between_different_nodes
from bio_ie.modules.graph_encoders.relation_linear import (
    RelationBlocks,
    RelationLinear,
    relation_blocks,
)
from bio_ie.modules.segments import segment_sum


@GraphEncoder.register("bidirectional_gcn")
class BidirectionalGcn(GraphEncoder):
    """
    The graph network over initial predictions of Lai et al. 2021 (equation 4). With edge weights r,
    each layer is

        h>_i = sum_(j != i) sum_k r_ij[k] (W>_k h_j + b>_k)
        h<_i = sum_(j != i) sum_k r_ji[k] (W<_k h_j + b<_k)
        h_i + FFNN_a(ReLU([h>_i; h<_i]))

    Every relation type has edges, including the type for "no relation".

    Registered as a `GraphEncoder` with name "bidirectional_gcn".

    # Parameters

    input_dim, num_relations : `int`
        Given by the model; see `GraphEncoder`.
    num_layers : `int`
    feedforward_hidden_dims : `List[int]`
        The hidden layers of FFNN_a.
    message_dim : `int`, optional (default = `input_dim`)
        The size of `h>` and of `h<`.
    dropout : `float`, optional (default = `0.0`)
        The dropout in the hidden layers of FFNN_a.
    detach_edge_weights : `bool`, optional (default = `False`)
        If true, the edge weights get no gradient from this network, so that the initial predictions
        learn from their own loss alone.
    """

    def __init__(
        self,
        input_dim: int,
        num_relations: int,
        num_layers: int,
        feedforward_hidden_dims: List[int],
        message_dim: Optional[int] = None,
        dropout: float = 0.0,
        detach_edge_weights: bool = False,
    ) -> None:
        super().__init__(input_dim, num_relations)
        if num_layers < 1:
            raise ConfigurationError(
                f"num_layers must be at least 1, got {num_layers}; for no layers use 'pass_through'"
            )
        self.detach_edge_weights = detach_edge_weights
        self.layers: Any = torch.nn.ModuleList(
            _Layer(
                input_dim, message_dim or input_dim, num_relations, feedforward_hidden_dims, dropout
            )
            for _ in range(num_layers)
        )

    def get_output_dim(self) -> int:
        return self.input_dim

    def forward(
        self, nodes: torch.Tensor, edges: torch.Tensor, weights: Optional[torch.Tensor] = None
    ) -> torch.Tensor:
        blocks = relation_blocks(edges[:, 2], self.num_relations)
        if weights is None:
            # In single precision, so that messages are summed in single precision too.
            weights = self.layers[0].outgoing.bias.new_ones(len(edges))
        for layer in self.layers:
            nodes = layer(nodes, edges, self._weights(weights), blocks)
        return nodes

    def dense(self, nodes: torch.Tensor, weights: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        weights = between_different_nodes(self._weights(weights), mask)
        outgoing = _Edges.of(weights, mask)  # r_ij[k] at [B, i, j, k]
        incoming = _Edges.of(weights.transpose(1, 2), mask)  # r_ji[k] at [B, i, j, k]
        for layer in self.layers:
            updated = layer.dense(nodes, outgoing, incoming, mask)
            nodes = torch.zeros_like(nodes, dtype=updated.dtype).index_put((mask,), updated)
        return nodes

    def _weights(self, weights: torch.Tensor) -> torch.Tensor:
        return weights.detach() if self.detach_edge_weights else weights


class _Edges(NamedTuple):
    """The weights of edges to the neighbours of every node."""

    weights: torch.Tensor
    """`[B, K * R, K]`, for every node and relation the weights of all neighbours."""
    totals: torch.Tensor
    """`[n, R]`, their sums, for the nodes that are not padding."""

    @classmethod
    def of(cls, weights: torch.Tensor, mask: torch.Tensor) -> "_Edges":
        """Of weights `[B, K, K, R]`, with zeros where no edge is."""
        return cls(weights.transpose(2, 3).flatten(1, 2), weights.sum(2)[mask])


class _Layer(torch.nn.Module):
    def __init__(
        self,
        input_dim: int,
        message_dim: int,
        num_relations: int,
        feedforward_hidden_dims: List[int],
        dropout: float,
    ) -> None:
        super().__init__()
        self.outgoing = RelationLinear(input_dim, message_dim, num_relations, bias=True)  # W>, b>
        self.incoming = RelationLinear(input_dim, message_dim, num_relations, bias=True)  # W<, b<
        self.feedforward = ffnn(2 * message_dim, feedforward_hidden_dims, input_dim, dropout)

    def forward(
        self,
        nodes: torch.Tensor,
        edges: torch.Tensor,
        weights: torch.Tensor,
        blocks: RelationBlocks,
    ) -> torch.Tensor:
        tail, head, relation = edges.unbind(1)  # an edge is an arrow from tail to head
        weights = weights.unsqueeze(1)
        received = []
        for linear, receiver, sender in ((self.outgoing, tail, head), (self.incoming, head, tail)):
            messages = weights * linear(nodes.index_select(0, sender), relation, blocks)
            received.append(segment_sum(messages, receiver, len(nodes)))
        return self._updated(nodes, *received)

    def dense(
        self, nodes: torch.Tensor, outgoing: "_Edges", incoming: "_Edges", mask: torch.Tensor
    ) -> torch.Tensor:
        """The new vectors of the nodes that are not padding, `[n, input_dim]`."""
        size = outgoing.totals.size(1) * nodes.size(2)  # R * input_dim
        received = [
            # The sums over neighbours come first: padding has none.
            linear.of_sums((edges.weights @ nodes).view(*mask.shape, size)[mask], edges.totals)
            for linear, edges in ((self.outgoing, outgoing), (self.incoming, incoming))
        ]
        return self._updated(nodes[mask], *received)

    def _updated(
        self, nodes: torch.Tensor, outgoing: torch.Tensor, incoming: torch.Tensor
    ) -> torch.Tensor:
        return nodes + self.feedforward(torch.relu(torch.cat([outgoing, incoming], dim=-1)))
