"""The targets of a span graph: the gold types of spans and labels of pairs."""

import torch

from bio_ie.data.span_position import span_words
from bio_ie.modules.text_spans import SpanTable, TextSpans


class SpanGraphTargets:
    """The gold entities and relations of a batch of `B` texts of up to `N` words.

    # Parameters

    entities : `torch.Tensor`
        `[n, 4]`: row, first word, last word, type. A span has one type.
    relations : `torch.Tensor`
        `[m, 4]`: row, `span_position` of head and of tail, label. A pair may have several labels.
    sentences : `torch.Tensor`
        `[B, N]`.
    max_span_width : `int`
    """

    def __init__(
        self,
        entities: torch.Tensor,
        relations: torch.Tensor,
        sentences: torch.Tensor,
        max_span_width: int,
    ) -> None:
        self.num_rows = len(sentences)
        self._entities = entities
        self._relations = relations
        self._num_words = sentences.size(1)
        self._max_span_width = max_span_width

    def types(self, spans: TextSpans) -> torch.Tensor:
        """The class of each span, `[S]`: 0 for no entity, otherwise its type plus 1."""
        row, first, last, type_ = self._entities.unbind(1)
        place = self._table(spans).at_words(row, first, last)
        is_here = place >= 0
        classes = torch.zeros_like(spans.row)
        classes[place[is_here]] = type_[is_here] + 1
        return classes

    def labels(
        self, spans: TextSpans, head: torch.Tensor, tail: torch.Tensor, num_labels: int
    ) -> torch.Tensor:
        """The labels `[P, num_labels]`, bool, of the pairs `head`, `tail` `[P]` of spans. Pairs are
        in lexicographic order, as `ordered_pairs` gives them. No span is paired with itself."""
        targets = head.new_zeros(len(head), num_labels, dtype=torch.bool)
        row, head_position, tail_position, label = self._relations.unbind(1)
        table = self._table(spans)
        gold_head, gold_tail = (
            table.at_words(row, *span_words(position))
            for position in (head_position, tail_position)
        )
        is_here = (gold_head >= 0) & (gold_tail >= 0) & (gold_head != gold_tail)
        gold_head, gold_tail = gold_head[is_here], gold_tail[is_here]
        num_spans = len(spans.row)
        pair = torch.searchsorted(head * num_spans + tail, gold_head * num_spans + gold_tail)
        targets[pair, label[is_here]] = True
        return targets

    def _table(self, spans: TextSpans) -> SpanTable:
        return SpanTable(spans, self.num_rows, self._num_words, self._max_span_width)
