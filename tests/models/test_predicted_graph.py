"""Compares the predicted graph with predictions made one entity and one pair at a time."""

import random

import pytest
import torch

from bio_ie.models.predicted_graph import predicted_graph
from bio_ie.modules.ragged import ordered_pairs
from bio_ie.modules.relation_activation import PredictedRelations
from bio_ie.modules.relation_candidates import RelationCandidates
from bio_ie.modules.row_items import row_lists, split_rows
from bio_ie.modules.text_spans import TextSpans

NUM_ROWS, NUM_TYPES, UNDIRECTED = 4, 2, [False, True, False]


def lists(graph: dict, num_rows: int = NUM_ROWS) -> dict:
    return {name: row_lists(rows) for name, rows in split_rows(graph, num_rows).items()}


def random_spans(rng: random.Random) -> TextSpans:
    table = sorted(
        {(rng.randrange(NUM_ROWS), rng.randrange(4), rng.randrange(4, 6)) for _ in range(9)}
    )
    return TextSpans(*torch.tensor(table).unbind(1))


@pytest.mark.parametrize("seed", range(20))
def test_entities_are_numbered_by_row_and_undirected_relations_given_once(seed: int) -> None:
    rng = random.Random(seed)
    torch.manual_seed(seed)
    spans = random_spans(rng)
    types = torch.randint(NUM_TYPES, spans.row.shape)
    head, tail = ordered_pairs(spans.row, NUM_ROWS)
    probabilities = torch.rand(len(head), len(UNDIRECTED))
    pair, label = (probabilities > 0.5).nonzero(as_tuple=True)
    graph = predicted_graph(
        RelationCandidates(*spans, types, head, tail),
        entity_probabilities=torch.arange(len(types)),
        predicted=PredictedRelations(pair, label, probabilities[pair, label]),
        undirected=torch.tensor(UNDIRECTED),
    )

    expected: dict = {
        name: [[] for _ in range(NUM_ROWS)]
        for name in ("entities", "entity_probabilities", "relations", "relation_probabilities")
    }
    for number, (row, first, last) in enumerate(zip(*(c.tolist() for c in spans), strict=True)):
        expected["entities"][row].append([first, last, types[number].item()])
        expected["entity_probabilities"][row].append(number)
    for row, numbers in enumerate(expected["entity_probabilities"]):
        for i, one in enumerate(numbers):
            for j, other in enumerate(numbers):
                for type_, is_undirected in enumerate(UNDIRECTED):
                    found = ((head == one) & (tail == other)).nonzero().flatten().tolist()
                    if not found or (is_undirected and i > j):
                        continue
                    probability = probabilities[found[0], type_].item()
                    if probability > 0.5:
                        expected["relations"][row].append([i, j, type_])
                        expected["relation_probabilities"][row].append(probability)
    assert lists(graph) == expected
    assert any(expected["relations"])


def test_nothing_predicted_is_an_empty_row_for_each_row() -> None:
    nothing = torch.zeros(0, dtype=torch.long)
    graph = predicted_graph(
        RelationCandidates(*[nothing] * 6),
        torch.zeros(0),
        PredictedRelations(nothing, nothing, torch.zeros(0)),
        torch.tensor(UNDIRECTED),
    )
    assert all(part == [[], []] for part in lists(graph, 2).values())
