"""Scores all spans of the texts, of which few are kept."""

from typing import Callable, NamedTuple

import torch
from allennlp.modules.span_extractors import SpanExtractor

from bio_ie.models.keci.span_graph_head import SpanGraphHead
from bio_ie.modules.ffnn import in_one, linear_layer
from bio_ie.modules.span_extractors import EndpointAttentiveSpanExtractor
from bio_ie.modules.text_spans import TextSpans


class ScoredSpans(NamedTuple):
    """The entity scores of spans, and their vectors once they are needed."""

    entity_scores: torch.Tensor
    """`[S, types + 1]`."""
    vectors: Callable[[torch.Tensor], torch.Tensor]
    """Gives the vectors `[K, d]` of the spans at the places `[K]`."""


def score_spans(
    x: torch.Tensor, spans: TextSpans, extractor: SpanExtractor, head: SpanGraphHead
) -> ScoredSpans:
    """Equations 1 and 2 for all spans.

    Out of training, where the last layer of equation 1 and the only one of equation 2 are linear,
    they are one product, and only the spans that are kept get vectors.

    # Parameters

    x : `torch.Tensor`
        The words' vectors, `[B, N, H]`.
    spans : `TextSpans`
    extractor : `SpanExtractor`
    head : `SpanGraphHead`
    """
    # The words of the texts are laid end to end, without padding.
    first, last = (spans.row * x.size(1) + word for word in (spans.first, spans.last))
    is_word = torch.zeros(x.size(0) * x.size(1), dtype=torch.bool, device=x.device)
    is_word[first] = True
    words = x.flatten(0, 1)[is_word]
    number = is_word.cumsum(0) - 1
    first, last = number[first], number[last]
    if not head.training and isinstance(extractor, EndpointAttentiveSpanExtractor):
        last_layer = linear_layer(extractor.further_layers)
        scorer = linear_layer(head.entity_scorer)
        if last_layer is not None and scorer is not None:
            scores, rows = extractor.linear_of_hidden(
                words, first, last, *in_one(last_layer, scorer)
            )

            def vectors_at(places: torch.Tensor) -> torch.Tensor:
                return last_layer(extractor.hidden_of_rows(rows, first[places], last[places]))

            return ScoredSpans(scores, vectors_at)
    ends = torch.stack([first, last], dim=1)
    vectors = extractor(words.unsqueeze(0), ends.unsqueeze(0)).squeeze(0)
    return ScoredSpans(head.entities(vectors), lambda places: vectors[places])
