"""Compares the gold labels of spans and pairs with a search through all spans and pairs."""

import pytest
import torch

from bio_ie.data.span_position import span_position
from bio_ie.models.keci.span_graph_targets import SpanGraphTargets
from bio_ie.modules.ragged import ordered_pairs
from bio_ie.modules.text_spans import TextSpans, enumerate_spans

SENTENCES = torch.tensor([[0, 0, 0, 1, 1, 1], [0, 0, 0, 0, -1, -1], [0, -1, -1, -1, -1, -1]])
WIDTH, TYPES, LABELS = 3, 4, 3


def places(spans: TextSpans) -> list:
    return list(zip(*(field.tolist() for field in spans), strict=True))


def some(table: list, columns: int) -> torch.Tensor:
    return torch.tensor(table, dtype=torch.long).view(-1, columns)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_targets_are_those_of_a_search(seed: int, share: float) -> None:
    generator = torch.Generator().manual_seed(seed)

    def chosen(items: list, share: float) -> list:
        return [item for item in items if torch.rand((), generator=generator) < share]

    def random_label(number: int) -> int:
        return int(torch.randint(number, (), generator=generator))

    spans = enumerate_spans(SENTENCES, WIDTH)
    every = places(spans)
    entities = [(*span, random_label(TYPES)) for span in chosen(every, 0.5)]
    relations = [
        (a[0], span_position(a[1], a[2]), span_position(b[1], b[2]), label)
        for a in every
        for b in every
        if a[0] == b[0] and a != b
        for label in chosen(list(range(LABELS)), 0.2)
    ]
    gold = SpanGraphTargets(some(entities, 4), some(relations, 4), SENTENCES, WIDTH)

    kept = spans.select(torch.tensor(chosen(list(range(len(every))), share), dtype=torch.long))
    types = {tuple(span): type_ for *span, type_ in entities}
    for part in (spans, kept):
        expected = [types[place] + 1 if place in types else 0 for place in places(part)]
        assert gold.types(part).tolist() == expected

    head, tail = ordered_pairs(kept.row, len(SENTENCES))
    found = gold.labels(kept, head, tail, LABELS)
    assert found.shape == (len(head), LABELS)
    assert found.dtype == torch.bool
    known = set(relations)
    here = places(kept)
    for pair, (i, j) in enumerate(zip(head.tolist(), tail.tolist(), strict=True)):
        (row, *a), (_, *b) = here[i], here[j]
        positions = span_position(*a), span_position(*b)
        assert found[pair].tolist() == [
            (row, *positions, label) in known for label in range(LABELS)
        ]


def test_an_entity_wider_than_any_span_is_no_target() -> None:
    spans = enumerate_spans(SENTENCES, 2)
    gold = SpanGraphTargets(some([[0, 0, 2, 1]], 4), some([], 4), SENTENCES, 2)
    assert not gold.types(spans).any()


def test_a_relation_of_a_span_with_itself_is_no_target() -> None:
    spans = enumerate_spans(SENTENCES, WIDTH)
    itself = span_position(3, 3)
    gold = SpanGraphTargets(some([], 4), some([[0, itself, itself, 0]], 4), SENTENCES, WIDTH)
    pairs = ordered_pairs(spans.row, len(SENTENCES))
    assert not gold.labels(spans, *pairs, LABELS).any()


def test_no_gold_is_no_targets() -> None:
    spans = enumerate_spans(SENTENCES, WIDTH)
    gold = SpanGraphTargets(some([], 4), some([], 4), SENTENCES, WIDTH)
    assert gold.num_rows == 3
    assert not gold.types(spans).any()
    assert not gold.labels(spans, *ordered_pairs(spans.row, 3), LABELS).any()
