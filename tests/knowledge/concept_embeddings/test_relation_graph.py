from pathlib import Path
from typing import List, Set, Tuple

import pytest
import torch

from bio_ie.knowledge.concept_embeddings.relation_graph import (
    RelationGraph,
    hold_out,
    read_relation_graph,
)
from bio_ie.knowledge.statements import (
    ConceptRelation,
    InverseRelation,
    Statement,
    TypeRelation,
)
from tests.knowledge.knowledge_bases import built, named

STATEMENTS: List[Statement] = [
    *named("A", "a", types=["T1"]),
    *named("B", "b", types=["T1", "T2"]),
    *named("C", "c", types=["C"]),  # a type with the same name as a concept without a relation
    *named("D", "d", types=["T3"]),  # without a relation
    InverseRelation("part_of", "has_part"),
    ConceptRelation("A", "is_a", "B"),
    ConceptRelation("A", "part_of", "C"),
    ConceptRelation("C", "has_part", "A"),  # given twice
    TypeRelation("T1", "affects", "T2"),
    TypeRelation("T1", "affects", "T3"),
]


def triples(graph: RelationGraph, edges: torch.Tensor) -> Set[Tuple[str, str, str]]:
    return {
        (graph.nodes[head], graph.relations[relation], graph.nodes[tail])
        for head, relation, tail in edges.tolist()
    }


def random_graph(num_concepts: int, num_edges: int, seed: int) -> RelationGraph:
    """A relation and its inverse; nodes beyond the concepts are types."""
    generator = torch.Generator().manual_seed(seed)
    ends = torch.randint(num_concepts + 2, (num_edges, 2), generator=generator)
    edges = {
        edge
        for one, other in ends.tolist()
        for edge in ((one, 0, other), (other, 1, one))
        if one != other
    }
    nodes = [str(place) for place in range(num_concepts + 2)]
    return RelationGraph(nodes, num_concepts, ["r", "inverse:r"], torch.tensor(sorted(edges)))


def test_edges_are_those_of_background_graphs_between_related_concepts(tmp_path: Path) -> None:
    kb = built(tmp_path, STATEMENTS)
    graph = read_relation_graph(kb)
    subgraph = kb.subgraph(["A", "B", "C"])
    ids = [node.id for node in subgraph.nodes]
    expected = {(ids[head], relation, ids[tail]) for head, relation, tail in subgraph.edges}
    assert triples(graph, graph.edges) == {
        triple for triple in expected if "has_type" not in triple[1] or "C" not in triple
    }
    assert len(triples(graph, graph.edges)) == len(graph.edges)
    assert sorted(graph.nodes[: graph.num_concepts]) == ["A", "B", "C"]
    assert sorted(graph.nodes[graph.num_concepts :]) == ["T1", "T2"]


def test_semantic_types_can_stay_out(tmp_path: Path) -> None:
    graph = read_relation_graph(built(tmp_path, STATEMENTS), with_types=False)
    assert sorted(graph.nodes) == ["A", "B", "C"]
    assert triples(graph, graph.edges) == {
        ("A", "is_a", "B"), ("B", "inverse:is_a", "A"),
        ("A", "part_of", "C"), ("C", "has_part", "A"),
    }  # fmt: skip


def test_knowledge_base_without_relations_is_a_graph_without_edges(tmp_path: Path) -> None:
    graph = read_relation_graph(built(tmp_path, named("A", "a", types=["T"])))
    assert (graph.nodes, graph.num_concepts, list(graph.edges.shape)) == ([], 0, [0, 3])
    assert [len(part) for part in hold_out(graph, 0.5, 10)] == [0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_held_out_pairs_take_all_their_edges_along_and_leave_no_concept_alone(seed: int) -> None:
    graph = random_graph(30, 80, seed)
    edges, held_out = hold_out(graph, share=0.2, limit=1000, seed=seed)
    assert sorted([*edges.tolist(), *held_out.tolist()]) == graph.edges.tolist()

    def pairs(part: torch.Tensor) -> Set[Tuple[int, int]]:
        return {(min(head, tail), max(head, tail)) for head, _, tail in part.tolist()}

    assert not pairs(edges) & pairs(held_out)
    assert held_out[:, [0, 2]].max() < 30
    between_concepts = pairs(graph.edges[graph.edges[:, [0, 2]].max(1).values < 30])
    assert len(pairs(held_out)) == round(0.2 * len(between_concepts))
    left = {end for pair in pairs(edges) & between_concepts for end in pair}
    assert {end for pair in pairs(held_out) for end in pair} <= left


def test_split_depends_on_the_seed_alone_and_keeps_to_the_limit() -> None:
    graph = random_graph(30, 80, 0)
    splits = [hold_out(graph, 0.5, limit=4, seed=seed)[1] for seed in (1, 1, 2)]
    assert torch.equal(splits[0], splits[1])
    assert not torch.equal(splits[0], splits[2])
    for split in splits:
        assert len({frozenset((head, tail)) for head, _, tail in split.tolist()}) == 4
    assert len(hold_out(graph, 0.0, limit=4)[1]) == 0
