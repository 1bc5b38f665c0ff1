"""Explains predictions by the concepts whose knowledge they used."""

from dataclasses import replace
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

import torch

from bio_ie.modules.background_knowledge import FusedSpans
from bio_ie.modules.ragged import places_in_row
from bio_ie.modules.row_items import RowItems, row_lists
from bio_ie.modules.text_spans import TextSpans
from bio_ie.text.document import Mention


class ExplainedSpan(NamedTuple):
    """A span of a text, and the weights of its sentinel and its candidate concepts."""

    first: int
    last: int
    sentinel: float
    """1 for a span without candidates."""
    candidates: List[Tuple[int, float]]
    """Nodes, numbered within the text, and their weights."""


def explanations(spans: TextSpans, fused: Optional[FusedSpans] = None) -> Dict[str, RowItems]:
    """Builds the output of kept spans with the weights of their candidate concepts.

    # Parameters

    spans : `TextSpans`
        The `K` kept spans.
    fused : `FusedSpans`, optional
        The same spans after fusion. Without it, or without its weights, no span has candidates.

    # Returns

    `Dict[str, RowItems]`
        `kept_spans` `[K, 2]`: first and last word. If there are weights, also `sentinel_weights`
        `[K]`; `links` `[P, 2]`: a span and a node, both numbered within the text; and
        `link_weights` `[P]`.
    """
    result = {"kept_spans": RowItems(torch.stack([spans.first, spans.last], dim=1), spans.row)}
    if fused is None or fused.link_weights is None or fused.sentinel_weights is None:
        return result
    span, node = fused.links.unbind(1)
    link_row = spans.row[span]
    links = torch.stack(
        [places_in_row(spans.row)[span], places_in_row(fused.node_rows)[node]], dim=1
    )
    result["sentinel_weights"] = RowItems(fused.sentinel_weights, spans.row)
    result["links"] = RowItems(links, link_row)
    result["link_weights"] = RowItems(fused.link_weights, link_row)
    return result


def explained_spans(output: Mapping[str, Any]) -> List[List[ExplainedSpan]]:
    """Copies the results of `explanations` to the host, as spans of each text.

    # Parameters

    output : `Mapping[str, Any]`
        The output of a model.
    """
    kept = row_lists(output["kept_spans"])
    if "links" not in output:
        return [[ExplainedSpan(first, last, 1.0, []) for first, last in row] for row in kept]
    result = []
    for spans, sentinels, links, weights in zip(
        kept,
        *(row_lists(output[name]) for name in ("sentinel_weights", "links", "link_weights")),
        strict=True,
    ):
        candidates: List[List[Tuple[int, float]]] = [[] for _ in spans]
        for (span, node), weight in zip(links, weights, strict=True):
            candidates[span].append((node, weight))
        result.append(
            [
                ExplainedSpan(first, last, sentinel, linked)
                for (first, last), sentinel, linked in zip(
                    spans, sentinels, candidates, strict=True
                )
            ]
        )
    return result


def with_explanations(
    mentions: List[Mention], spans: List[ExplainedSpan], metadata: Mapping[str, Any]
) -> List[Mention]:
    """Adds `sentinel` and `concepts` to the metadata of the mentions of one text that have
    candidates. Concepts with the highest weights come first.

    # Parameters

    mentions : `List[Mention]`
    spans : `List[ExplainedSpan]`
        Spans of the text, with those of the mentions among them.
    metadata : `Mapping[str, Any]`
        With `word_spans`, the character offsets of words, and `concepts`, a description of each
        node (`SentenceReader.add_background`).
    """
    words = metadata["word_spans"]
    found = {
        (words[first][0], words[last][1]): (sentinel, candidates)
        for first, last, sentinel, candidates in spans
        if candidates
    }
    result = []
    for mention in mentions:
        if mention.span in found:
            sentinel, candidates = found[mention.span]
            ordered = sorted(candidates, key=lambda candidate: -candidate[1])
            concepts = [
                {**metadata["concepts"][node], "weight": weight} for node, weight in ordered
            ]
            mention = replace(mention, metadata={"sentinel": sentinel, "concepts": concepts})
        result.append(mention)
    return result
