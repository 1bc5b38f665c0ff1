"""Spans of words of a batch of texts, as flat tensors, and the choice of the best of them."""

from typing import NamedTuple

import torch
from torch.nn import functional

from bio_ie.modules.ragged import places_in_row, ranges


class TextSpans(NamedTuple):
    """Spans (`S`) of a batch, ascending by row, first word and last word."""

    row: torch.Tensor
    """`[S]`, the text of each span."""
    first: torch.Tensor
    """`[S]`, its first word."""
    last: torch.Tensor
    """`[S]`, its last word."""

    def select(self, index: torch.Tensor) -> "TextSpans":
        """The spans at the places `index`, which ascend."""
        return TextSpans(*(field[index] for field in self))


def span_products(probabilities: torch.Tensor, spans: TextSpans) -> torch.Tensor:
    """`[S]`, the product of the words' probabilities `[B, N]` over each span."""
    # Padded in front, so that a difference of sums covers the first word too.
    sums = functional.pad(probabilities.clamp(min=1e-30).double().log().cumsum(1), (1, 0))
    return (sums[spans.row, spans.last + 1] - sums[spans.row, spans.first]).exp()


def span_means(vectors: torch.Tensor, spans: TextSpans) -> torch.Tensor:
    """`[S, H]`, the mean of the words' vectors `[B, N, H]` over each span."""
    width = spans.last - spans.first + 1
    span, place = ranges(width)
    words = vectors[spans.row[span], spans.first[span] + place]  # [words of spans, H]
    sums = words.new_zeros(len(width), words.size(1))
    sums = sums.scatter_add(0, span.unsqueeze(1).expand_as(words), words)
    return sums / width.unsqueeze(1)


def enumerate_spans(sentences: torch.Tensor, max_span_width: int) -> TextSpans:
    """All spans of at most `max_span_width` words that lie in one sentence (KECI, section 2.2).

    # Parameters

    sentences : `torch.Tensor`
        `[B, N]`, the number of each word's sentence; -1 is padding.
    max_span_width : `int`
    """
    beyond = functional.pad(sentences, (0, max_span_width - 1), value=-1)
    sentence_of_last = beyond.unfold(1, max_span_width, 1)  # [B, N, widths]
    first_sentence = sentences.unsqueeze(2)
    exists = (sentence_of_last == first_sentence) & (first_sentence >= 0)
    row, first, further = exists.nonzero(as_tuple=True)  # `further` words after the first
    return TextSpans(row, first, first + further)


class SpanTable:
    """Finds spans by their words.

    # Parameters

    spans : `TextSpans`
        The spans to be found.
    num_rows, num_words : `int`
        `B` and `N`.
    max_span_width : `int`
    """

    def __init__(
        self, spans: TextSpans, num_rows: int, num_words: int, max_span_width: int
    ) -> None:
        self._row_size = num_words * max_span_width
        self._max_span_width = max_span_width
        place = self._place(spans.row, self._cell(spans.first, spans.last))
        self._table = place.new_full((num_rows * self._row_size,), -1)
        self._table[place] = torch.arange(len(place), device=place.device)

    def at_words(self, row: torch.Tensor, first: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        """The index of each span from `first` to `last`, `[n]`; -1 for spans that are not in the
        table or wider than any span of it."""
        fits = last - first < self._max_span_width
        place = self._place(row, self._cell(first, torch.where(fits, last, first)))
        return torch.where(fits, self._table[place], -1)

    def _cell(self, first: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        """The place in a row's table of first words by widths."""
        return first * self._max_span_width + (last - first)

    def _place(self, row: torch.Tensor, cell: torch.Tensor) -> torch.Tensor:
        return row * self._row_size + cell


@torch.no_grad()
def keep_most_likely(
    scores: torch.Tensor, row: torch.Tensor, num_kept: torch.Tensor
) -> torch.Tensor:
    """Selects the best spans of each row, independently of the other rows.

    # Parameters

    scores : `torch.Tensor`
        `[S]`, higher is better; of spans with equal scores the earlier is kept.
    row : `torch.Tensor`
        `[S]`, ascending.
    num_kept : `torch.Tensor`
        `[B]`, the number of spans to keep of each row, if it has that many.

    # Returns

    `torch.Tensor`
        Indices of the kept spans, ascending.
    """
    # Best first within each row: the stable sort by row keeps the order by score.
    by_score = scores.sort(descending=True, stable=True).indices
    order = by_score[row[by_score].sort(stable=True).indices]
    return order[places_in_row(row) < num_kept[row]].sort().values
