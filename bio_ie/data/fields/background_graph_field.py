"""A field for a graph of concepts of a knowledge base and the text spans that may name them."""

from typing import Any, Dict, List, Optional, Sequence, Tuple

import torch
from allennlp.data.fields.field import Field
from allennlp.data.vocabulary import Vocabulary

from bio_ie.data.fields.ragged_tables import before, joined, row_numbers, table
from bio_ie.text.stable_key import stable_key

GraphTensors = Dict[str, torch.Tensor]

TYPES = "semantic_types"
"""The namespace of semantic types. A type that training did not see is unknown."""

RELATIONS = "background_relation_labels"
"""The namespace of the graph's relations. A relation that training did not see has no parameters,
so its edges are left out."""

CONCEPTS = "concept_labels"
"""The namespace of concept ids, for embedders that learn a vector for each concept (`learned`)."""


class BackgroundGraphField(Field[GraphTensors]):
    """The background graph of one instance. The graphs of a batch become one disjoint graph.

    # Tensors

    spans : `[S, 3]`: row, first and last word of each span that has candidates, ascending
    links : `[P, 2]`: the index of a span, and the index of a node that it may mean
    keys : `[n]`: the `stable_key` of each node
    types : `[T, 2]`: the index of a node, and one of its semantic types
    edges : `[E, 3]`: from, to, relation
    node_rows : `[n]`: the row of each node

    # Parameters

    candidates : `Sequence[Tuple[int, int, Sequence[int]]]`
        The first word, the last word and the nodes of each span. Spans may repeat.
    nodes : `Sequence[str]`
        The ids of concepts and semantic types.
    types : `Sequence[Sequence[str]]`
        The semantic types of each node.
    edges : `Sequence[Tuple[int, str, int]]`
        The node that each edge leads from, its relation, and the node that it leads to.
    """

    __slots__ = ["_indexed", "candidates", "edges", "nodes", "types"]

    def __init__(
        self,
        candidates: Sequence[Tuple[int, int, Sequence[int]]] = (),
        nodes: Sequence[str] = (),
        types: Sequence[Sequence[str]] = (),
        edges: Sequence[Tuple[int, str, int]] = (),
    ) -> None:
        self.candidates = _by_span(candidates)
        self.nodes = nodes
        self.types = types
        self.edges = edges
        self._indexed: Optional[GraphTensors] = None

    def count_vocab_items(self, counter: Dict[str, Dict[str, int]]) -> None:
        for node in self.nodes:
            counter[CONCEPTS][node] += 1
        for types in self.types:
            for type_ in types:
                counter[TYPES][type_] += 1
        for _, relation, _ in self.edges:
            counter[RELATIONS][relation] += 1

    def index(self, vocab: Vocabulary) -> None:
        relations: Dict[str, int] = {}
        if RELATIONS in vocab.get_namespaces():
            relations = vocab.get_token_to_index_vocabulary(RELATIONS)
        self._indexed = {
            "spans": table([[first, last] for first, last, _ in self.candidates], 2),
            "links": table(
                [
                    [span, node]
                    for span, (_, _, nodes) in enumerate(self.candidates)
                    for node in nodes
                ],
                2,
            ),
            "keys": torch.tensor([stable_key(node) for node in self.nodes], dtype=torch.long),
            "types": table(
                [
                    [node, vocab.get_token_index(type_, TYPES)]
                    for node, types in enumerate(self.types)
                    for type_ in types
                ],
                2,
            ),
            "edges": table(
                [
                    [head, tail, relations[relation]]
                    for head, relation, tail in self.edges
                    if relation in relations
                ],
                3,
            ),
        }

    def get_padding_lengths(self) -> Dict[str, int]:
        return {}

    def as_tensor(self, padding_lengths: Dict[str, int]) -> GraphTensors:
        if self._indexed is None:
            raise ValueError("index the field with a vocabulary before asking for its tensors")
        return self._indexed

    def batch_tensors(self, tensor_list: List[GraphTensors]) -> GraphTensors:
        num_spans = [len(tensors["spans"]) for tensors in tensor_list]
        num_nodes = [len(tensors["keys"]) for tensors in tensor_list]
        first_span, first_node = before(num_spans), before(num_nodes)
        spans = torch.cat([tensors["spans"] for tensors in tensor_list])
        return {
            "spans": torch.cat([row_numbers(num_spans).unsqueeze(1), spans], dim=1),
            "links": joined(tensor_list, "links", [first_span, first_node]),
            "keys": torch.cat([tensors["keys"] for tensors in tensor_list]),
            "types": joined(tensor_list, "types", [first_node, None]),
            "edges": joined(tensor_list, "edges", [first_node, first_node, None]),
            "node_rows": row_numbers(num_nodes),
        }

    def empty_field(self) -> "BackgroundGraphField":
        return BackgroundGraphField()

    def human_readable_repr(self) -> Dict[str, Any]:
        return {"candidates": self.candidates, "nodes": list(self.nodes)}

    def __len__(self) -> int:
        return len(self.nodes)


def _by_span(
    candidates: Sequence[Tuple[int, int, Sequence[int]]],
) -> List[Tuple[int, int, List[int]]]:
    """The candidates in the order of their spans. The nodes of a span that occurs several times are
    joined, and a span has no node twice."""
    nodes_of: Dict[Tuple[int, int], Dict[int, None]] = {}
    for first, last, nodes in candidates:
        nodes_of.setdefault((first, last), {}).update(dict.fromkeys(nodes))
    return [(first, last, list(nodes)) for (first, last), nodes in sorted(nodes_of.items())]
