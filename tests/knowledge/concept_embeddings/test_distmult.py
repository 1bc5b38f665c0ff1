import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.concept_embeddings.distmult import (
    DistMultSettings,
    SampledSoftmaxDistMult,
    train_distmult,
)
from bio_ie.knowledge.concept_embeddings.link_prediction import predict_links
from bio_ie.knowledge.concept_embeddings.relation_graph import RelationGraph, hold_out


def model(dimension: int = 4) -> SampledSoftmaxDistMult:
    return SampledSoftmaxDistMult(7, 3, dimension, torch.Generator().manual_seed(1)).double()


def groups(num_groups: int = 6, size: int = 8) -> RelationGraph:
    """Groups of concepts. Each concept is related to all others of its group."""
    edges = [
        edge
        for one in range(num_groups * size)
        for other in range(num_groups * size)
        if one < other and one // size == other // size
        for edge in ((one, 0, other), (other, 1, one))
    ]
    nodes = [str(place) for place in range(num_groups * size)]
    return RelationGraph(nodes, len(nodes), ["r", "inverse:r"], torch.tensor(sorted(edges)))


def test_loss_is_the_sampled_softmax_of_the_docstring_and_so_are_its_gradients() -> None:
    distmult = model()
    edges = torch.tensor([[0, 1, 2], [3, 0, 6], [2, 2, 0]])
    sample = torch.tensor([2, 5, 5, 6])
    nodes = distmult.node_emb.weight.detach().clone().requires_grad_()
    relations = distmult.rel_emb.weight.detach().clone().requires_grad_()
    losses = []
    for head, relation, tail in edges.tolist():

        def score(node: int, head: int = head, relation: int = relation) -> torch.Tensor:
            return sum(nodes[head, i] * relations[relation, i] * nodes[node, i] for i in range(4))

        others = [score(node).exp() for node in sample.tolist() if node != tail]
        right = score(tail).exp()
        used = (nodes[head], relations[relation], nodes[tail])
        cubes = sum((abs(value) ** 3 for part in used for value in part), torch.zeros(()))
        losses.append(-torch.log(right / (right + sum(others))) + 0.3 * cubes)
    expected = sum(losses) / 3
    loss = distmult.sampled_loss(edges, sample, regularization=0.3)
    assert loss.item() == pytest.approx(expected.item(), abs=1e-10)
    loss.backward()
    expected.backward()
    for embedding, reference in ((distmult.node_emb, nodes), (distmult.rel_emb, relations)):
        gradient = embedding.weight.grad
        assert gradient is not None
        torch.testing.assert_close(gradient.to_dense(), reference.grad)


def test_scores_of_tails_are_those_of_torch_geometrics_model() -> None:
    distmult = model()
    heads, relations = torch.tensor([0, 4]), torch.tensor([2, 1])
    scores = distmult.tail_scores(heads, relations)
    for node in range(7):
        expected = distmult(heads, relations, torch.full((2,), node))
        torch.testing.assert_close(scores[:, node], expected)


def test_held_out_relations_are_found_far_above_chance_and_frequency() -> None:
    graph = groups()
    edges, held_out = hold_out(graph, 0.1, limit=100)
    settings = DistMultSettings(
        dimension=16, epochs=30, batch_size=32, negatives=20, regularization=0.01
    )
    distmult = train_distmult(graph, edges, settings)
    report = predict_links(distmult.tail_scores, graph, edges, held_out)
    # The right concept is not always the first, because DistMult cannot know that no concept is
    # related to itself.
    assert report["all relations"].hits[3] > 0.7
    assert max(report["chance"].hits[3], report["frequency"].hits[3]) < 0.2


def test_seed_alone_decides() -> None:
    graph = groups(2, 4)
    weights = []
    for seed, global_seed in ((1, 1), (1, 2), (2, 1)):
        torch.manual_seed(global_seed)
        settings = DistMultSettings(dimension=3, epochs=2, batch_size=5, negatives=4, seed=seed)
        weights.append(train_distmult(graph, graph.edges, settings).node_emb.weight)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_semantic_types_are_always_among_the_negatives(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = groups(2, 4)._replace(num_concepts=6)  # the last two nodes are types
    samples = []
    original = SampledSoftmaxDistMult.sampled_loss

    def spy(self, edges, sample, regularization):
        samples.append(sample.tolist())
        return original(self, edges, sample, regularization)

    monkeypatch.setattr(SampledSoftmaxDistMult, "sampled_loss", spy)
    settings = DistMultSettings(dimension=3, epochs=3, batch_size=5, negatives=4)
    train_distmult(graph, graph.edges, settings)
    for sample in samples:
        assert sample[4:] == [6, 7]
        assert max(sample[:4]) < 6


@pytest.mark.parametrize("setting", ["dimension", "epochs", "batch_size", "negatives"])
def test_impossible_settings_are_refused(setting: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{setting} must be positive, not 0"):
        DistMultSettings(**{setting: 0})


def test_negative_regularization_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="regularization must not be negative"):
        DistMultSettings(regularization=-1.0)
