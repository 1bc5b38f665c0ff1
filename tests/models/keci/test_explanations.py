"""Compares the explanations of predictions with explanations made one span and one link at a
time."""

import random
from dataclasses import replace
from typing import Optional

import pytest
import torch

from bio_ie.models.keci.explanations import (
    ExplainedSpan,
    explained_spans,
    explanations,
    with_explanations,
)
from bio_ie.modules.background_knowledge import FusedSpans
from bio_ie.modules.row_items import split_rows
from bio_ie.modules.text_spans import TextSpans
from bio_ie.text.document import Mention


def columns(rows: list, width: int) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.long).view(-1, width)


def fused_of(links: list, node_rows: list, weights: list, sentinels: list) -> FusedSpans:
    return FusedSpans(
        vectors=torch.zeros(len(sentinels), 2),
        links=columns(links, 2),
        link_weights=torch.tensor(weights, dtype=torch.double),
        sentinel_weights=torch.tensor(sentinels, dtype=torch.double),
        node_rows=torch.tensor(node_rows, dtype=torch.long),
    )


def explained(spans: TextSpans, num_rows: int, fused: Optional[FusedSpans] = None) -> list:
    return explained_spans(split_rows(explanations(spans, fused), num_rows))


@pytest.mark.parametrize("seed", range(20))
def test_rows_are_spans_with_their_links_and_nodes_of_their_text(seed: int) -> None:
    rng = random.Random(seed)
    num_rows = 4
    table = sorted(
        {(rng.randrange(num_rows), rng.randrange(5), 5 + rng.randrange(3)) for _ in range(8)}
    )
    num_nodes = [rng.randrange(4) for _ in range(num_rows)]
    node_rows = [row for row, number in enumerate(num_nodes) for _ in range(number)]
    links = [
        [span, node]
        for span, (row, _, _) in enumerate(table)
        for node, node_row in enumerate(node_rows)
        if node_row == row and rng.random() < 0.6
    ]
    rng.shuffle(links)
    # the spans of each text come together, in any order
    links.sort(key=lambda link: table[link[0]][0])
    weights = [rng.random() for _ in links]
    sentinels = [rng.random() for _ in table]
    spans = TextSpans(*columns([list(span) for span in table], 3).unbind(1))

    expected: list = [[] for _ in range(num_rows)]
    for number, (row, first, last) in enumerate(table):
        candidates = [
            (node - sum(num_nodes[:row]), weight)
            for (span, node), weight in zip(links, weights, strict=True)
            if span == number
        ]
        expected[row].append((first, last, sentinels[number], candidates))
    fused = fused_of(links, node_rows, weights, sentinels)
    assert explained(spans, num_rows, fused) == expected


def test_without_weights_every_span_is_its_own_context() -> None:
    spans = TextSpans(*columns([[0, 1, 2], [2, 0, 0]], 3).unbind(1))
    expected = [[(1, 2, 1.0, [])], [], [(0, 0, 1.0, [])]]
    assert explained(spans, 3) == expected
    unweighted = fused_of([[0, 0]], [0], [0.5], [0.5, 0.5])._replace(
        link_weights=None, sentinel_weights=None
    )
    assert explained(spans, 3, unweighted) == expected


def test_no_spans_are_empty_rows() -> None:
    nothing = torch.zeros(0, dtype=torch.long)
    assert explained(TextSpans(nothing, nothing, nothing), 2) == [[], []]


def concept(id_: str) -> dict:
    return {"id": id_, "name": f"name of {id_}", "semantic_types": ["T"]}


METADATA = {
    "word_spans": [(0, 4), (5, 7), (8, 12)],
    "concepts": [concept("C0"), concept("C1"), concept("C2")],
}


def test_mentions_say_what_their_own_candidates_weighed() -> None:
    mentions = [Mention("T1", 0, 4, "X", score=0.5), Mention("T2", 5, 12, "Y")]
    spans = [
        ExplainedSpan(0, 0, 1.0, []),
        ExplainedSpan(0, 2, 0.5, [(1, 0.5)]),  # a kept span that is no entity
        ExplainedSpan(1, 2, 0.1, [(0, 0.2), (2, 0.6), (1, 0.1)]),
    ]
    first, second = with_explanations(mentions, spans, METADATA)
    assert first is mentions[0]
    assert second == replace(mentions[1], metadata=second.metadata)
    assert second.metadata == {
        "sentinel": 0.1,
        "concepts": [
            {**concept("C2"), "weight": 0.6},
            {**concept("C0"), "weight": 0.2},
            {**concept("C1"), "weight": 0.1},
        ],
    }
    assert METADATA["concepts"][2] == concept("C2")  # the model did not write to it


def test_without_mentions_there_is_nothing_to_say() -> None:
    assert with_explanations([], [ExplainedSpan(0, 0, 0.5, [(0, 0.5)])], METADATA) == []
