"""Compares the predictions of a span graph with predictions made one span and one pair at a
time."""

import random

import pytest
import torch
from torch.testing import assert_close

from bio_ie.models.keci.kept_spans import KeptSpans, SpanGraph
from bio_ie.models.keci.predicted_span_graph import predicted_span_graph
from bio_ie.modules.ragged import ordered_pairs
from bio_ie.modules.relation_activation import RelationActivation
from bio_ie.modules.row_items import row_lists, split_rows
from bio_ie.modules.text_spans import TextSpans

NUM_ROWS, NUM_TYPES, NUM_LABELS = 4, 2, 3


def random_spans(rng: random.Random) -> TextSpans:
    table = sorted(
        {(rng.randrange(NUM_ROWS), rng.randrange(4), rng.randrange(4, 6)) for _ in range(9)}
    )
    return TextSpans(*torch.tensor(table).unbind(1))


def predicted_labels(score: torch.Tensor, activation: str) -> list:
    """The relations of one pair."""
    if activation == "sigmoid":
        return [label for label, value in enumerate(score.sigmoid().tolist()) if value >= 0.5]
    best = int(score.argmax())
    return [best - 1] if best else []


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
@pytest.mark.parametrize("seed", range(10))
def test_a_span_graph_has_the_likeliest_types_and_relations_of_entities(
    seed: int, activation: str
) -> None:
    torch.manual_seed(seed)
    spans = random_spans(random.Random(seed))
    head, tail = ordered_pairs(spans.row, NUM_ROWS)
    kept = KeptSpans(torch.arange(len(spans.row)), spans, head, tail)
    module = RelationActivation([False] * NUM_LABELS, activation)
    entity_scores = 3 * torch.randn(len(spans.row), NUM_TYPES + 1)
    relation_scores = 3 * torch.randn(len(head), module.num_columns)
    graph = predicted_span_graph(SpanGraph(entity_scores, relation_scores), kept, module)
    rows = split_rows(graph, NUM_ROWS)
    found = {name: row_lists(parts) for name, parts in rows.items()}

    score_of = dict(
        zip(zip(head.tolist(), tail.tolist(), strict=True), relation_scores, strict=True)
    )
    probabilities = entity_scores.softmax(-1)
    assert_close(torch.cat(rows["span_probabilities"]), probabilities)
    for row in range(NUM_ROWS):
        spans_of_row = (spans.row == row).nonzero().flatten().tolist()
        assert len(found["span_probabilities"][row]) == len(spans_of_row)
        entities = [span for span in spans_of_row if probabilities[span].argmax() > 0]
        assert found["entities"][row] == [
            [spans.first[span], spans.last[span], probabilities[span].argmax() - 1]
            for span in entities
        ]
        assert found["entity_probabilities"][row] == pytest.approx(
            [probabilities[span].max().item() for span in entities]
        )
        assert found["relations"][row] == [
            [i, j, label]
            for i, one in enumerate(entities)
            for j, other in enumerate(entities)
            if one != other
            for label in predicted_labels(score_of[one, other], activation)
        ]
        assert len(found["relation_probabilities"][row]) == len(found["relations"][row])
