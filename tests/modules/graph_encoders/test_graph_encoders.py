"""The contract of all graph encoders, compared with encoding one node and one edge at a time."""

import json
from typing import Dict, List, Tuple

import _jsonnet
import pytest
import torch
from allennlp.common import FromParams, Lazy, Params
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.graph_encoders import BidirectionalGcn, GraphEncoder, RelationalGcn
from tests.modules.comparison import assert_same_function

DIM = 5
NUM_RELATIONS = 4
Edge = Tuple[int, int, int]
CONFIGS = {
    "bidirectional": '{type: "bidirectional_gcn", num_layers: 2, feedforward_hidden_dims: [6, 7]}',
    "narrow bidirectional": """
        {type: "bidirectional_gcn", num_layers: 1, feedforward_hidden_dims: [], message_dim: 3}
    """,
    "relational": '{type: "relational_gcn", hidden_dims: [4, 3, 6]}',
    "relational with bases": '{type: "relational_gcn", hidden_dims: [4, 3], num_bases: 2}',
    "pass_through": '{type: "pass_through"}',
}


class Owner(FromParams):
    """Makes an encoder as a model does: the model gives the sizes, and the config gives the
    rest."""

    def __init__(self, graph_encoder: Lazy[GraphEncoder]) -> None:
        self.graph_encoder = graph_encoder.construct(input_dim=DIM, num_relations=NUM_RELATIONS)


def build(snippet: str) -> GraphEncoder:
    torch.manual_seed(0)
    config = json.loads(_jsonnet.evaluate_snippet("", f"{{graph_encoder: {snippet}}}"))
    return Owner.from_params(Params(config)).graph_encoder


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def encoder(request: pytest.FixtureRequest) -> GraphEncoder:
    return build(request.param).double()


def reference(
    encoder: GraphEncoder, nodes: torch.Tensor, weights: Dict[Edge, torch.Tensor]
) -> torch.Tensor:
    """The vectors of one graph, from the equations and the encoder's parameters."""
    if isinstance(encoder, BidirectionalGcn):
        return bidirectional_reference(encoder, nodes, weights)
    if isinstance(encoder, RelationalGcn):
        return relational_reference(encoder, nodes, weights)
    return nodes


def bidirectional_reference(
    encoder: BidirectionalGcn, nodes: torch.Tensor, weights: Dict[Edge, torch.Tensor]
) -> torch.Tensor:
    h = list(nodes)
    for layer in encoder.layers:
        updated = []
        for i in range(len(h)):
            width = layer.outgoing.output_dim
            outgoing, incoming = nodes.new_zeros(width), nodes.new_zeros(width)
            for (a, b, k), weight in weights.items():
                if a == i:
                    message = h[b] @ layer.outgoing.matrices[k] + layer.outgoing.bias[k]
                    outgoing = outgoing + weight * message
                if b == i:
                    message = h[a] @ layer.incoming.matrices[k] + layer.incoming.bias[k]
                    incoming = incoming + weight * message
            both = torch.cat([outgoing, incoming]).clamp(min=0)
            updated.append(h[i] + layer.feedforward(both))
        h = updated
    return torch.stack(h)


def relational_reference(
    encoder: RelationalGcn, nodes: torch.Tensor, weights: Dict[Edge, torch.Tensor]
) -> torch.Tensor:
    v = list(nodes)
    for root, linear in zip(encoder.roots, encoder.relations, strict=True):
        updated = []
        for i in range(len(v)):
            total = root.weight @ v[i]
            for k in range(NUM_RELATIONS):
                neighbours = [(b, w) for (a, b, r), w in weights.items() if a == i and r == k]
                share = sum(weight for _, weight in neighbours)
                for j, weight in neighbours:
                    total = total + weight / share * (v[j] @ linear.weight()[k])
            updated.append(total.clamp(min=0))
        v = updated
    return torch.stack(v)


def random_nodes(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, DIM, dtype=torch.double, requires_grad=True)


def random_edges(num_nodes: int) -> List[Edge]:
    edges = torch.rand(num_nodes, num_nodes, NUM_RELATIONS) < 0.2
    edges[:, :, 2] = False  # one relation does not occur, and one node has no edges
    edges[0] = edges[:, 0] = False  # and a node without edges
    return [tuple(edge) for edge in edges.nonzero().tolist()]


def test_every_registered_name_is_tested_here() -> None:
    kinds = {json.loads(_jsonnet.evaluate_snippet("", text))["type"] for text in CONFIGS.values()}
    assert kinds == set(GraphEncoder.list_available())


@pytest.mark.parametrize("weighted", [False, True])
def test_edge_list_equals_one_edge_at_a_time_with_gradients(
    encoder: GraphEncoder, weighted: bool
) -> None:
    nodes, edges = random_nodes(7), random_edges(7)
    weights = torch.rand(len(edges), dtype=torch.double, requires_grad=True)
    output = encoder(nodes, torch.tensor(edges), weights if weighted else None)
    used = weights if weighted else torch.ones(len(edges), dtype=torch.double)
    expected = reference(encoder, nodes, dict(zip(edges, used, strict=True)))
    assert output.shape == (7, encoder.get_output_dim())
    assert_same_function([output], [expected], [nodes, weights, *encoder.parameters()])


def test_dense_equals_one_edge_at_a_time_with_gradients(encoder: GraphEncoder) -> None:
    sizes = [4, 1, 3]
    nodes = random_nodes(3, 4)
    weights = torch.rand(3, 4, 4, NUM_RELATIONS, dtype=torch.double, requires_grad=True)
    mask = torch.arange(4) < torch.tensor(sizes).unsqueeze(1)
    output = encoder.dense(nodes, weights, mask)
    expected = [
        reference(
            encoder,
            nodes[b, :size],
            {
                (i, j, k): weights[b, i, j, k]
                for i in range(size)
                for j in range(size)
                for k in range(NUM_RELATIONS)
                if i != j
            },
        )
        for b, size in enumerate(sizes)
    ]
    variables = [nodes, weights, *encoder.parameters()]
    assert_same_function([output[mask]], [torch.cat(expected)], variables)


def test_dense_and_edge_list_of_the_same_graph_agree(encoder: GraphEncoder) -> None:
    nodes, weights = random_nodes(5), torch.rand(5, 5, NUM_RELATIONS, dtype=torch.double)
    edges = (torch.rand(5, 5, NUM_RELATIONS) < 0.5) & ~torch.eye(5, dtype=torch.bool).unsqueeze(2)
    dense = encoder.dense(
        nodes.unsqueeze(0), (weights * edges).unsqueeze(0), torch.ones(1, 5, dtype=torch.bool)
    )
    flat = encoder(nodes, edges.nonzero(), weights[edges])
    torch.testing.assert_close(dense[0], flat)


def test_what_padding_holds_does_not_matter(encoder: GraphEncoder) -> None:
    nodes, mask = random_nodes(2, 4).detach(), torch.tensor([[True] * 4, [True] * 2 + [False] * 2])
    weights = torch.rand(2, 4, 4, NUM_RELATIONS, dtype=torch.double)
    expected = encoder.dense(nodes, weights, mask)[mask]
    nodes[1, 2:] = 1e3
    weights[1, 2:] = torch.nan
    weights[1, :, 2:] = torch.nan
    torch.testing.assert_close(encoder.dense(nodes, weights, mask)[mask], expected)


def test_a_batch_equals_its_parts(encoder: GraphEncoder) -> None:
    nodes, edges = [random_nodes(size) for size in (4, 1, 6)], [random_edges(n) for n in (4, 1, 6)]
    edges = [torch.tensor(list_).view(-1, 3).long() for list_ in edges]
    parts = [encoder(*part) for part in zip(nodes, edges, strict=True)]
    shifted = [
        list_ + torch.tensor([first, first, 0])
        for first, list_ in zip((0, 4, 5), edges, strict=True)
    ]
    torch.testing.assert_close(encoder(torch.cat(nodes), torch.cat(shifted)), torch.cat(parts))


def test_order_of_edges_does_not_matter(encoder: GraphEncoder) -> None:
    nodes, edges = random_nodes(8), torch.tensor(random_edges(8))
    shuffled = edges[torch.randperm(len(edges))]
    torch.testing.assert_close(encoder(nodes, edges), encoder(nodes, shuffled))


@pytest.mark.parametrize("num_nodes", [0, 1, 3])
def test_no_edges_give_every_parameter_a_gradient(encoder: GraphEncoder, num_nodes: int) -> None:
    output = encoder(random_nodes(num_nodes), torch.zeros(0, 3, dtype=torch.long))
    assert output.shape == (num_nodes, encoder.get_output_dim())
    output.sum().backward()
    assert all(parameter.grad is not None for parameter in encoder.parameters())
    dense = encoder.dense(
        random_nodes(2, num_nodes),
        torch.rand(2, num_nodes, num_nodes, NUM_RELATIONS, dtype=torch.double),
        torch.zeros(2, num_nodes, dtype=torch.bool),
    )
    assert dense.shape == (2, num_nodes, encoder.get_output_dim())
    assert dense.isfinite().all()


def test_half_precision_is_close_to_single(encoder: GraphEncoder) -> None:
    encoder.float()
    nodes, edges = torch.randn(6, DIM), torch.tensor(random_edges(6))
    weights, mask = torch.rand(1, 6, 6, NUM_RELATIONS), torch.ones(1, 6, dtype=torch.bool)
    expected = encoder(nodes, edges), encoder.dense(nodes.unsqueeze(0), weights, mask)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = encoder(nodes, edges), encoder.dense(nodes.unsqueeze(0), weights, mask)
        halves = encoder(nodes.bfloat16(), edges)
    for one, other in zip(output, expected, strict=True):
        torch.testing.assert_close(one.float(), other, rtol=0.1, atol=0.1)
    assert halves.isfinite().all()
    if list(encoder.parameters()):
        (output[0].float().sum() + output[1].float().sum()).backward()
        assert all(parameter.grad.isfinite().all() for parameter in encoder.parameters())


@pytest.mark.parametrize("detach, learns", [("true", False), ("false", True)])
def test_detached_edge_weights_get_no_gradient(detach: str, learns: bool) -> None:
    snippet = CONFIGS["bidirectional"].replace("{", f"{{detach_edge_weights: {detach}, ", 1)
    encoder = build(snippet).double()
    weights = torch.rand(1, 3, 3, NUM_RELATIONS, dtype=torch.double, requires_grad=True)
    output = encoder.dense(random_nodes(1, 3), weights, torch.ones(1, 3, dtype=torch.bool))
    (gradient,) = torch.autograd.grad(output.sum(), [weights], allow_unused=True)
    assert (gradient is not None) is learns


@pytest.mark.parametrize("kind", ["bidirectional", "relational"])
def test_dropout_acts_in_training_only(kind: str) -> None:
    encoder = build(CONFIGS[kind].replace("{", "{dropout: 0.5, ", 1)).double()
    nodes, edges = random_nodes(6), torch.tensor(random_edges(6))
    assert not torch.equal(encoder(nodes, edges), encoder(nodes, edges))
    encoder.eval()
    assert torch.equal(encoder(nodes, edges), encoder(nodes, edges))


@pytest.mark.parametrize(
    "snippet, reason",
    [
        ('{type: "bidirectional_gcn", num_layers: 0, feedforward_hidden_dims: []}', "got 0"),
        ('{type: "relational_gcn", hidden_dims: []}', "for no layers use 'pass_through'"),
        ('{type: "relational_gcn", hidden_dims: [3], num_bases: 0}', "at least 1, got 0"),
    ],
)
def test_impossible_settings_are_refused(snippet: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        build(snippet)


def test_memory_of_dense_has_no_vector_per_edge() -> None:
    encoder = GraphEncoder.from_params(
        Params(
            {
                "type": "bidirectional_gcn",
                "input_dim": 64,
                "num_relations": 8,
                "num_layers": 1,
                "feedforward_hidden_dims": [],
            }
        )
    )
    sizes: List[int] = []

    def record(tensor: torch.Tensor) -> torch.Tensor:
        sizes.append(tensor.numel())
        return tensor

    nodes, weights = torch.randn(2, 20, 64), torch.rand(2, 20, 20, 8, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(record, lambda tensor: tensor):
        encoder.dense(nodes, weights, torch.ones(2, 20, dtype=torch.bool)).sum()
    assert max(sizes) < 2 * 20 * 8 * 64 + 64 * 8 * 64  # far below 2 * 20 * 20 * 8 * 64
