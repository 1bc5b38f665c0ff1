"""Selects the spans that are the nodes of the span graph, and holds the graph's scores."""

from typing import NamedTuple

import torch

from bio_ie.modules.precision import at_least_single
from bio_ie.modules.ragged import ordered_pairs
from bio_ie.modules.text_spans import TextSpans, keep_most_likely


class SpanGraph(NamedTuple):
    """The scores of spans and of pairs of spans."""

    entities: torch.Tensor
    """`[S, types + 1]` for all spans, or `[K, types + 1]` for kept spans; column 0 is "no
    entity"."""
    relations: torch.Tensor
    """`[P, columns]`, see `RelationActivation`."""


class KeptSpans(NamedTuple):
    """The spans (`K`) that were kept, and ordered pairs (`P`) of two of the same text: all pairs,
    or those that `between_entities` gives."""

    place: torch.Tensor
    """`[K]`, the index of each kept span among all spans, ascending."""
    spans: TextSpans
    head: torch.Tensor
    """`[P]`, the index of a pair's head among the `K`."""
    tail: torch.Tensor
    """`[P]`, the index of a pair's tail among the `K`."""


def keep_spans(entity_scores: torch.Tensor, spans: TextSpans, num_kept: torch.Tensor) -> KeptSpans:
    """Keeps the spans of each text with the lowest probability of being no entity (KECI, section
    2.3).

    # Parameters

    entity_scores : `torch.Tensor`
        `[S, types + 1]`.
    spans : `TextSpans`
    num_kept : `torch.Tensor`
        `[B]`, the number of spans to keep of each text, if it has that many.
    """
    no_entity = at_least_single(entity_scores.detach()).log_softmax(-1)[:, 0]
    place = keep_most_likely(-no_entity, spans.row, num_kept)
    kept = spans.select(place)
    head, tail = ordered_pairs(kept.row, len(num_kept))
    return KeptSpans(place, kept, head, tail)


def span_probabilities(entity_scores: torch.Tensor) -> torch.Tensor:
    """The probabilities of no entity and of each type, `[K, types + 1]`, in single precision."""
    return at_least_single(entity_scores).softmax(-1)


def between_entities(kept: KeptSpans, entity_scores: torch.Tensor) -> KeptSpans:
    """The same spans with those of the pairs that join two entities. No other pair can be a
    relation (`predicted_span_graph`)."""
    is_entity = span_probabilities(entity_scores.detach()).max(-1).indices > 0
    pair = (is_entity[kept.head] & is_entity[kept.tail]).nonzero().squeeze(1)
    return kept._replace(head=kept.head[pair], tail=kept.tail[pair])
