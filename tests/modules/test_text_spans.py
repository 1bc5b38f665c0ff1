import pytest
import torch

from bio_ie.data.span_position import span_position, span_words
from bio_ie.modules.text_spans import (
    SpanTable,
    TextSpans,
    enumerate_spans,
    keep_most_likely,
    span_means,
    span_products,
)

WIDTH = 3


@pytest.fixture
def sentences() -> torch.Tensor:
    return torch.tensor([[0, 0, 1, 1, 1], [0, 0, 0, 0, -1], [2, -1, -1, -1, -1]])


def expected_spans(sentences: torch.Tensor, width: int) -> list:
    rows = sentences.tolist()
    return [
        (row, first, last)
        for row, numbers in enumerate(rows)
        for first in range(len(numbers))
        for last in range(first, min(first + width, len(numbers)))
        if numbers[first] == numbers[last] != -1
    ]


@pytest.mark.parametrize("width", [1, 2, 3, 8])
def test_spans_are_all_those_of_a_sentence_up_to_the_width(
    sentences: torch.Tensor, width: int
) -> None:
    spans = enumerate_spans(sentences, width)
    assert list(zip(*(field.tolist() for field in spans), strict=True)) == expected_spans(
        sentences, width
    )


def test_table_finds_spans_by_position_and_words(sentences: torch.Tensor) -> None:
    spans = enumerate_spans(sentences, WIDTH)
    kept = torch.arange(0, len(spans.row), 2)
    some = spans.select(kept)
    table = SpanTable(some, *sentences.shape, WIDTH)
    expected = torch.tensor(
        [index // 2 if index % 2 == 0 else -1 for index in range(len(spans.row))]
    )
    assert torch.equal(table.at_words(*spans), expected)
    first, last = span_words(span_position(spans.first, spans.last))
    assert torch.equal(table.at_words(spans.row, first, last), expected)


def test_table_has_no_span_wider_than_any(sentences: torch.Tensor) -> None:
    table = SpanTable(enumerate_spans(sentences, 2), *sentences.shape, 2)
    found = table.at_words(*(torch.tensor([value]) for value in (1, 0, 2)))
    assert found.tolist() == [-1]


@pytest.mark.parametrize("seed", range(10))
def test_kept_spans_are_the_best_of_each_row(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    counts = torch.randint(0, 6, (5,), generator=generator)
    row = torch.repeat_interleave(torch.arange(5), counts)
    scores = torch.randint(0, 4, row.shape, generator=generator) / 4  # with ties
    num_kept = torch.randint(1, 4, (5,), generator=generator)
    expected = []
    for number in range(5):
        places = [place for place in range(len(row)) if row[place] == number]
        places.sort(key=lambda place: (-float(scores[place]), place))
        expected += sorted(places[: int(num_kept[number])])
    assert keep_most_likely(scores, row, num_kept).tolist() == expected


def test_selected_spans_stay_in_order() -> None:
    spans = TextSpans(torch.tensor([0, 0, 1]), torch.tensor([0, 1, 0]), torch.tensor([1, 1, 0]))
    selected = spans.select(torch.tensor([1, 2]))
    assert [field.tolist() for field in selected] == [[0, 1], [1, 0], [1, 0]]


def test_products_and_means_are_those_of_each_spans_words():
    generator = torch.Generator().manual_seed(0)
    probabilities = torch.rand(3, 5, generator=generator, dtype=torch.double)
    vectors = torch.randn(3, 5, 4, generator=generator, dtype=torch.double, requires_grad=True)
    items = [(0, 0, 0), (0, 1, 4), (2, 2, 3)]
    spans = TextSpans(*torch.tensor(items).T)
    words = [(row, slice(first, last + 1)) for row, first, last in items]
    expected = torch.stack([probabilities[place].prod() for place in words])
    torch.testing.assert_close(span_products(probabilities, spans), expected)
    means = torch.stack([vectors[place].mean(0) for place in words])
    found = span_means(vectors, spans)
    torch.testing.assert_close(found, means)
    weights = torch.randn(3, 4, generator=generator, dtype=torch.double)
    torch.testing.assert_close(
        torch.autograd.grad((found * weights).sum(), vectors),
        torch.autograd.grad((means * weights).sum(), vectors),
    )
    nothing = spans.select(torch.zeros(0, dtype=torch.long))
    assert span_means(vectors, nothing).shape == (0, 4)
