"""The part of a knowledge base that connects some concepts: a background graph."""

from dataclasses import dataclass
from typing import Callable, Dict, Iterable, Iterator, List, Mapping, Sequence, Set, Tuple

from bio_ie.knowledge.knowledge_base_file import HAS_TYPE

Edge = Tuple[int, str, int]
"""The index of the head in the nodes, the relation, and the index of the tail in the nodes."""

Triple = Tuple[str, str, str]
"""Head, relation, tail."""


@dataclass(frozen=True)
class Node:
    """A concept, or a semantic type: `kind` is `"concept"` or `"type"`."""

    id: str
    kind: str


@dataclass(frozen=True)
class Subgraph:
    """A graph of concepts and their semantic types.

    Its nodes are the concepts, in the order in which they were asked for, followed by their
    semantic types, ordered by id. Its edges are sorted, and each is there in both directions. It is
    shared with a cache, so it must not be changed.
    """

    nodes: Tuple[Node, ...]
    edges: List[Edge]


def build_subgraph(
    concept_ids: Sequence[str],
    types: Mapping[str, Sequence[str]],
    relations: Callable[[Mapping[str, int]], Iterable[Triple]],
    type_relations: Iterable[Triple],
    inverses: Mapping[str, str],
) -> Subgraph:
    """Builds a subgraph from the content of a knowledge base.

    # Parameters

    concept_ids : `Sequence[str]`
        Distinct ids.
    types : `Mapping[str, Sequence[str]]`
        The semantic types of each concept.
    relations : `Callable[[Mapping[str, int]], Iterable[Triple]]`
        Given the concepts, returns the relations whose head and tail are both among them.
    type_relations : `Iterable[Triple]`
        All relations between semantic types.
    inverses : `Mapping[str, str]`
        The inverse of each relation.
    """
    places = {concept: place for place, concept in enumerate(concept_ids)}
    type_ids = sorted({type_ for concept in concept_ids for type_ in types[concept]})
    type_places = {type_: len(places) + place for place, type_ in enumerate(type_ids)}
    nodes = [Node(concept, "concept") for concept in concept_ids]
    nodes += [Node(type_, "type") for type_ in type_ids]
    # A set, because the source may list both directions of an edge.
    edges: Set[Edge] = set()
    for edge in _edges(places, types, relations(places), type_places, type_relations):
        head, relation, tail = edge
        edges.add(edge)
        edges.add((tail, inverses[relation], head))
    return Subgraph(tuple(nodes), sorted(edges))


def _edges(
    places: Dict[str, int],
    types: Mapping[str, Sequence[str]],
    relations: Iterable[Triple],
    type_places: Dict[str, int],
    type_relations: Iterable[Triple],
) -> Iterator[Edge]:
    for concept, place in places.items():
        for type_ in types[concept]:
            yield place, HAS_TYPE, type_places[type_]
    for head, relation, tail in relations:
        yield places[head], relation, places[tail]
    for head, relation, tail in type_relations:
        if head in type_places and tail in type_places:
            yield type_places[head], relation, type_places[tail]
