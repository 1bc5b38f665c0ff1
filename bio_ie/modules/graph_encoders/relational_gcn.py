from itertools import pairwise
from typing import Any, List, Optional

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.graph_encoders.graph_encoder import GraphEncoder, between_different_nodes
from bio_ie.modules.graph_encoders.relation_linear import RelationLinear, relation_blocks
from bio_ie.modules.segments import segment_sum


@GraphEncoder.register("relational_gcn")
class RelationalGcn(GraphEncoder):
    """
    The relational graph network of Schlichtkrull et al. 2018, as in equation 5 of Lai et al. 2021:
    each layer is

        ReLU(U v_i + sum_k 1 / c_ik sum_(j in N_i^k) U_k v_j)

    where N_i^k are the neighbours of node i under relation k and c_ik is their number. With edge
    weights, the mean over neighbours is weighted and c_ik is the sum of the weights.

    The time does not grow with the number of relations, but with the number of edges and of
    relations that occur.

    Registered as a `GraphEncoder` with name "relational_gcn".

    # Parameters

    input_dim, num_relations : `int`
        Given by the model; see `GraphEncoder`.
    hidden_dims : `List[int]`
        The output size of each layer.
    num_bases : `int`, optional
        If given, `U_k = sum_b a_kb V_b` with this number of matrices V in each layer, for knowledge
        bases with many or with rare relations.
    dropout : `float`, optional (default = `0.0`)
        The dropout between layers.
    """

    def __init__(
        self,
        input_dim: int,
        num_relations: int,
        hidden_dims: List[int],
        num_bases: Optional[int] = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(input_dim, num_relations)
        if not hidden_dims:
            raise ConfigurationError(
                "relational_gcn needs at least one layer; for no layers use 'pass_through'"
            )
        if num_bases is not None and num_bases < 1:
            raise ConfigurationError(f"num_bases must be at least 1, got {num_bases}")
        dims = [input_dim, *hidden_dims]
        self.roots: Any = torch.nn.ModuleList(  # U; the equation has no bias
            torch.nn.Linear(*pair, bias=False) for pair in pairwise(dims)
        )
        self.relations: Any = torch.nn.ModuleList(  # U_k
            RelationLinear(*pair, num_relations, num_bases=num_bases) for pair in pairwise(dims)
        )
        self.dropout = torch.nn.Dropout(dropout)

    def get_output_dim(self) -> int:
        return self.roots[-1].out_features

    def forward(
        self, nodes: torch.Tensor, edges: torch.Tensor, weights: Optional[torch.Tensor] = None
    ) -> torch.Tensor:
        receiver, sender, relation = edges.unbind(1)
        shares = self._shares(receiver, relation, weights, len(nodes)).unsqueeze(1)
        blocks = relation_blocks(relation, self.num_relations)
        for number, (root, linear) in enumerate(zip(self.roots, self.relations, strict=True)):
            nodes = self.dropout(nodes) if number else nodes
            # The shares are in single precision, so the sum is too.
            messages = shares * linear(nodes.index_select(0, sender), relation, blocks)
            sums = segment_sum(messages, receiver, len(nodes))
            nodes = torch.relu(root(nodes) + sums)
        return nodes

    def _shares(
        self,
        receiver: torch.Tensor,
        relation: torch.Tensor,
        weights: Optional[torch.Tensor],
        num_nodes: int,
    ) -> torch.Tensor:
        """The share `1 / c_ik` that each edge has in its mean, `[E]`."""
        if weights is None:
            weights = self.roots[0].weight.new_ones(len(receiver))
        neighbourhood = receiver * self.num_relations + relation
        num_neighbourhoods = num_nodes * self.num_relations
        totals = segment_sum(weights, neighbourhood, num_neighbourhoods)
        return _fraction(weights, totals.index_select(0, neighbourhood))

    def dense(self, nodes: torch.Tensor, weights: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        weights = between_different_nodes(weights, mask)
        shares = _fraction(weights, weights.sum(dim=2, keepdim=True)).flatten(2)  # [B, K, K * R]
        for number, (root, linear) in enumerate(zip(self.roots, self.relations, strict=True)):
            nodes = self.dropout(nodes) if number else nodes
            # [B, K, K * R] @ [B, K * R, hidden]
            nodes = torch.relu(root(nodes) + shares @ linear.every(nodes).flatten(1, 2))
        return nodes


def _fraction(weights: torch.Tensor, total: torch.Tensor) -> torch.Tensor:
    """`weights / total`, and 0 without gradient where both are 0."""
    return weights / total.masked_fill(total == 0, 1)
