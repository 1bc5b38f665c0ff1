"""The relations of a knowledge base as a graph of integers, to train vectors of concepts on."""

from array import array
from typing import Dict, List, NamedTuple, Tuple

import torch
from torch import Tensor

from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.knowledge_base_file import HAS_TYPE


class RelationGraph(NamedTuple):
    """Concepts that have a relation to another one, semantic types, and the edges between them."""

    nodes: List[str]
    """The ids of concepts, followed by those of semantic types."""
    num_concepts: int
    relations: List[str]
    """The names of relations, including the names of their inverses."""
    edges: Tensor
    """`[E, 3]`: the indices of the head in `nodes`, the relation in `relations`, and the tail in
    `nodes`. The edges are sorted, none occurs twice, and each is there in both directions."""


def read_relation_graph(kb: KnowledgeBase, with_types: bool = True) -> RelationGraph:
    """Reads the graph of all concepts that have a relation to another concept. Its edges are those
    that a background graph can have; see `KnowledgeBase.subgraph`.

    # Parameters

    kb : `KnowledgeBase`
    with_types : `bool`, optional (default = `True`)
        Whether semantic types are nodes as well, with the `has_type` edges that lead to them and
        the relations between them. A type with the id of a concept is left out, because the two
        would share a vector.
    """
    relations = {name: place for place, name in enumerate(kb.relation_types())}
    nodes: Dict[str, int] = {}
    edges = array("q")
    for head, relation, tail in kb.relations():
        places = nodes.setdefault(head, len(nodes)), nodes.setdefault(tail, len(nodes))
        edges.extend((places[0], relations[relation], places[1]))
    num_concepts = len(nodes)
    if with_types:
        _add_types(kb, nodes, relations, edges)
    inverses = torch.tensor([relations[kb.inverses()[name]] for name in relations]).long()
    one_way = torch.tensor(edges, dtype=torch.long).view(-1, 3)
    heads, kinds, tails = one_way.unbind(1)
    both_ways = torch.cat([one_way, torch.stack([tails, inverses[kinds], heads], dim=1)])
    return RelationGraph(
        list(nodes), num_concepts, list(relations), _distinct(both_ways, len(relations), len(nodes))
    )


def _add_types(
    kb: KnowledgeBase, nodes: Dict[str, int], relations: Dict[str, int], edges: "array[int]"
) -> None:
    num_concepts = len(nodes)
    concept_ids = set()
    typed: List[Tuple[int, Tuple[str, ...]]] = []
    for concept in kb.concepts():
        concept_ids.add(concept.id)
        if concept.id in nodes:
            typed.append((nodes[concept.id], concept.semantic_types))
    for place, types in typed:
        for type_ in types:
            if type_ not in concept_ids:
                edges.extend((place, relations[HAS_TYPE], nodes.setdefault(type_, len(nodes))))
    for head, relation, tail in kb.type_relations():
        if min(nodes.get(head, -1), nodes.get(tail, -1)) >= num_concepts:
            edges.extend((nodes[head], relations[relation], nodes[tail]))


def _distinct(edges: Tensor, num_relations: int, num_nodes: int) -> Tensor:
    heads, kinds, tails = edges.unbind(1)
    # Each edge becomes one number, because sorting rows takes ten times as long.
    keys = torch.unique((heads * num_relations + kinds) * num_nodes + tails)
    queries, tails = keys // max(1, num_nodes), keys % max(1, num_nodes)
    return torch.stack([queries // num_relations, queries % num_relations, tails], dim=1)


def hold_out(
    graph: RelationGraph, share: float, limit: int, seed: int = 0
) -> Tuple[Tensor, Tensor]:
    """Splits the edges into those to train on and those that are held out.

    Pairs of concepts are held out, each with all edges between the two concepts: the other
    direction of an edge, or another name for the relation, would give the edge away. Each concept
    keeps an edge to another concept.

    # Parameters

    graph : `RelationGraph`
    share : `float`
        The share of the pairs with an edge that is held out.
    limit : `int`
        The largest number of pairs that are held out.
    seed : `int`, optional (default = `0`)

    # Returns

    `Tuple[Tensor, Tensor]`
        The edges to train on, `[E', 3]`, and the held-out edges, `[E - E', 3]`. Edges of semantic
        types are never held out.
    """
    heads, tails = graph.edges[:, 0], graph.edges[:, 2]
    between_concepts = torch.maximum(heads, tails) < graph.num_concepts
    pair_of_edge = torch.minimum(heads, tails) * len(graph.nodes) + torch.maximum(heads, tails)
    pairs = torch.unique(pair_of_edge[between_concepts])
    ends = torch.stack([pairs // max(1, len(graph.nodes)), pairs % max(1, len(graph.nodes))], dim=1)
    left = torch.bincount(ends.flatten(), minlength=len(graph.nodes)).tolist()
    wanted = min(round(share * len(pairs)), limit)
    chosen: List[int] = []
    order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(seed))
    for place, (one, other) in zip(order.tolist(), ends[order].tolist(), strict=True):
        if len(chosen) == wanted:
            break
        if left[one] > 1 and left[other] > 1:
            left[one] -= 1
            left[other] -= 1
            chosen.append(place)
    held_out = torch.isin(pair_of_edge, pairs[torch.tensor(chosen, dtype=torch.long)])
    return graph.edges[~held_out], graph.edges[held_out]
