"""Where the knowledge in a prediction came from."""

from dataclasses import replace
from typing import Any, Dict, List, Optional

import torch

from bio_ie.data.document import Mention
from bio_ie.models.predicted_rows import Row
from bio_ie.modules.background_knowledge import FusedSpans
from bio_ie.modules.text_spans import TextSpans


@torch.no_grad()
def explanation_rows(
    spans: TextSpans,
    num_rows: int,
    fused: Optional[FusedSpans] = None,
) -> List[Row]:
    """Each text's spans with the weights of their candidate concepts.

    # Parameters

    spans : `TextSpans`
        Those that were kept, `K`.
    num_rows : `int`
    fused : `FusedSpans`, optional
        Of these spans; without it, or without weights, no span has candidates.

    # Returns

    `List[Row]`
        For each text a list of `(first word, last word, weight of the sentinel, candidates)`; the
        latter a list of `(node, weight)`, with nodes counted within the text. The sentinel of a
        span without candidates has weight 1.
    """
    rows: List[Row] = [[] for _ in range(num_rows)]
    num_spans = len(spans.row)
    candidates: List[List[Any]] = [[] for _ in range(num_spans)]
    sentinels = [1.0] * num_spans
    if fused is not None and fused.link_weights is not None:
        first_node = torch.searchsorted(fused.node_rows, fused.node_rows)  # of the node's own text
        span, node = fused.links.unbind(1)
        local = node - first_node[node]
        for owner, place, weight in zip(
            span.tolist(), local.tolist(), fused.link_weights.tolist(), strict=True
        ):
            candidates[owner].append((place, weight))
        if fused.sentinel_weights is not None:
            sentinels = fused.sentinel_weights.tolist()
    table = torch.stack(spans, dim=1).tolist()
    for (row, first, last), sentinel, linked in zip(table, sentinels, candidates, strict=True):
        rows[row].append((first, last, sentinel, linked))
    return rows


def with_explanations(
    mentions: List[Mention], entities: Row, explanations: Row, metadata: Dict[str, Any]
) -> List[Mention]:
    """The mentions of one text with `sentinel` and `concepts` in their metadata, the weightiest
    first, if they have candidates.

    # Parameters

    mentions : `List[Mention]`
    entities : `Row`
        What they were made from.
    explanations : `Row`
        See `explanation_rows`.
    metadata : `Dict[str, Any]`
        With `concepts`, what the nodes are (`SentenceReader.add_background`).
    """
    found = {(first, last): rest for first, last, *rest in explanations}
    result = []
    for mention, (first, last, *_) in zip(mentions, entities, strict=True):
        sentinel, candidates = found[first, last]
        if candidates:
            ordered = sorted(candidates, key=lambda candidate: -candidate[1])
            concepts = [
                {**metadata["concepts"][node], "weight": weight} for node, weight in ordered
            ]
            mention = replace(mention, metadata={"sentinel": sentinel, "concepts": concepts})
        result.append(mention)
    return result
