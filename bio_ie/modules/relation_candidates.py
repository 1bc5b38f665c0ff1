"""Relation candidates: pairs of tagged entities, and the labels they should get."""

from typing import NamedTuple, Optional

import torch

from bio_ie.modules.ragged import ordered_pairs
from bio_ie.modules.tagging import EntityRuns


class RelationCandidates(NamedTuple):
    """The entities (`K`) of a batch and all ordered pairs (`P`) of two in the same sentence."""

    row: torch.Tensor
    """`[K]`, the sentence of each entity, ascending."""
    start: torch.Tensor
    """`[K]`, its first word."""
    last: torch.Tensor
    """`[K]`, its last word, ascending within a sentence."""
    type: torch.Tensor
    """`[K]`, the index of its type."""
    head: torch.Tensor
    """`[P]`, the index of a pair's head among the `K`."""
    tail: torch.Tensor
    """`[P]`, the index of a pair's tail among the `K`."""


def relation_candidates(runs: EntityRuns) -> RelationCandidates:
    """All entities of `runs`, and their pairs (joint NER and RE, section 2: "all possible
    combinations of the last word tokens of predicted entities")."""
    row, last = runs.is_last.nonzero(as_tuple=True)
    head, tail = ordered_pairs(row, len(runs.is_last))
    return RelationCandidates(row, runs.start[row, last], last, runs.type[row, last], head, tail)


def merged_runs(predicted: EntityRuns, gold: EntityRuns) -> EntityRuns:
    """Merges predicted and gold entities. Where two end at the same word, the gold one is kept."""
    return EntityRuns(
        is_last=predicted.is_last | gold.is_last,
        start=torch.where(gold.is_last, gold.start, predicted.start),
        type=torch.where(gold.is_last, gold.type, predicted.type),
    )


def relation_targets(
    candidates: RelationCandidates,
    gold: EntityRuns,
    relations: Optional[torch.Tensor],
    num_labels: int,
) -> torch.Tensor:
    """Which labels each candidate pair should get.

    A pair has its gold labels if both entities are right in span and type, and otherwise none
    (joint NER and RE, section 2).

    # Parameters

    candidates : `RelationCandidates`
    gold : `EntityRuns`
    relations : `torch.Tensor`, optional
        `[n, 4]`: row, last word of head, last word of tail, label.
    num_labels : `int`

    # Returns

    `torch.Tensor`
        `[P, num_labels]`, bool; several labels of one pair are all set.
    """
    row, last = candidates.row, candidates.last
    targets = torch.zeros(len(candidates.head), num_labels, dtype=torch.bool, device=row.device)
    if relations is None or len(relations) == 0 or len(targets) == 0:
        return targets
    right = (
        gold.is_last[row, last]
        & (gold.start[row, last] == candidates.start)
        & (gold.type[row, last] == candidates.type)
    )
    num_words = gold.is_last.size(1)
    # The keys ascend, since rows and last words do, so bisection finds the gold pairs.
    keys = _pair_key(row[candidates.head], last[candidates.head], last[candidates.tail], num_words)
    gold_keys = _pair_key(relations[:, 0], relations[:, 1], relations[:, 2], num_words)
    place = torch.searchsorted(keys, gold_keys).clamp(max=len(keys) - 1)
    found = (
        (keys[place] == gold_keys) & right[candidates.head[place]] & right[candidates.tail[place]]
    )
    counts = targets.long().index_put((place, relations[:, 3]), found.long(), accumulate=True)
    return counts > 0


def _pair_key(
    row: torch.Tensor, head: torch.Tensor, tail: torch.Tensor, num_words: int
) -> torch.Tensor:
    return (row * num_words + head) * num_words + tail
