"""How well vectors of concepts predict relations that they were not trained on.

The protocol is the filtered ranking of Bordes et al. (2013): for a held-out edge (h, r, t), all
concepts are ranked by how well they complete (h, r, ?), those left out that are known to be right,
be it from training or from what is held out; the rank of t counts. Each edge is asked for in both
directions, tails and heads, since a `RelationGraph` has both. A tie counts as half a rank, so that
scores that are all the same are no better than chance.
"""

from dataclasses import dataclass
from functools import partial
from typing import Callable, Dict, Iterable, Optional, Tuple

import torch
from torch import Tensor
from tqdm import tqdm

from bio_ie.knowledge.concept_embeddings.relation_graph import RelationGraph

TailScores = Callable[[Tensor, Tensor], Tensor]
"""Scores `[q, n]` of all `n` concepts as the tail, a new tensor, given heads and relations, `[q]`
each."""

HITS = (1, 3, 10)

SCORES_AT_ONCE = 1 << 24
"""64 MB of them."""


@dataclass(frozen=True)
class LinkPrediction:
    """Means over queries. Without queries, all are zero."""

    queries: int
    mrr: float
    """Mean of 1 / rank."""
    hits: Dict[int, float]
    """By k: the share of queries whose rank is at most k."""


def predict_links(
    tail_scores: TailScores,
    graph: RelationGraph,
    edges: Tensor,
    held_out: Tensor,
    progress: bool = False,
) -> Dict[str, LinkPrediction]:
    """How well held-out edges are predicted, beside `chance` and `frequency_scores`.

    # Parameters

    tail_scores : `TailScores`
        Of the nodes of `graph` or its concepts, which come first.
    graph : `RelationGraph`
        All that is known.
    edges, held_out : `Tensor`
        The parts of its edges that were trained on and not, `[E, 3]` and `[q, 3]`.
    progress : `bool`, optional (default = `False`)
        Shows progress on standard error if that is a terminal.

    # Returns

    `Dict[str, LinkPrediction]`
        For "chance", "frequency", "all relations", and each held-out relation by name.
    """
    bar = partial(tqdm, desc="ranking", disable=None if progress else True)
    rank = partial(
        filtered_ranks, queries=held_out, known=graph.edges, num_concepts=graph.num_concepts
    )
    ranks, num_candidates = rank(tail_scores, bar=bar)
    frequency_ranks, _ = rank(frequency_scores(edges, graph.num_concepts))
    predictions = {
        "chance": chance(num_candidates),
        "frequency": scores_of_ranks(frequency_ranks),
        "all relations": scores_of_ranks(ranks),
    }
    for place in torch.unique(held_out[:, 1]).tolist():
        of_relation = ranks[held_out[:, 1] == place]
        predictions[graph.relations[place]] = scores_of_ranks(of_relation)
    return predictions


def scores_of_ranks(ranks: Tensor) -> LinkPrediction:
    """From the ranks `[q]` of the right answers, of which the best is 1."""
    ranks = ranks.double()
    hits = {k: _mean((ranks <= k).double()) for k in HITS}
    return LinkPrediction(len(ranks), _mean(1 / ranks), hits)


def chance(num_candidates: Tensor) -> LinkPrediction:
    """What to expect of a random order, from the number of concepts that are ranked for each query,
    `[q]`: of n, each rank has probability 1 / n."""
    counts = num_candidates.double()
    ranks = torch.arange(1, int(num_candidates.max()) + 1 if len(counts) else 1).double()
    harmonic = (1 / ranks).cumsum(0)  # 1, 1 + 1/2, 1 + 1/2 + 1/3, ...
    hits = {k: _mean(counts.clamp(max=k) / counts) for k in HITS}
    return LinkPrediction(len(counts), _mean(harmonic[num_candidates - 1] / counts), hits)


def _mean(values: Tensor) -> float:
    return float(values.mean()) if len(values) else 0.0


def filtered_ranks(
    tail_scores: TailScores,
    queries: Tensor,
    known: Tensor,
    num_concepts: int,
    bar: Optional[Callable[[Iterable[Tensor]], Iterable[Tensor]]] = None,
) -> Tuple[Tensor, Tensor]:
    """Ranks the tail of each query among all concepts but those known to be right as well.

    # Parameters

    tail_scores : `TailScores`
    queries : `Tensor`
        Edges `[q, 3]`.
    known : `Tensor`
        All edges that are right, `[E, 3]`, those of `queries` among them, none twice.
    num_concepts : `int`
    bar : `Callable`, optional
        Put around the parts of the work, to show its progress.

    # Returns

    `Tuple[Tensor, Tensor]`
        The rank of each query's tail, and the number of concepts that it is ranked among, `[q]`.
    """
    num_relations = int(known[:, 1].max()) + 1 if len(known) else 1
    right = _Groups(known[:, 0] * num_relations + known[:, 1], known[:, 2])
    parts = queries.split(max(1, SCORES_AT_ONCE // max(1, num_concepts)))
    ranks, counts = [], []
    for part in bar(parts) if bar is not None else parts:
        heads, relations, tails = part.unbind(1)
        scores = tail_scores(heads, relations)[:, :num_concepts].cpu()  # [q', n]
        score = scores.gather(1, tails.unsqueeze(1))
        rows, right_tails = right.members(heads * num_relations + relations)
        scores[rows, right_tails] = -torch.inf  # the query's own tail is one of them
        better, equal = (scores > score).sum(1), (scores == score).sum(1)
        ranks.append(1 + better + equal / 2)
        counts.append(num_concepts + 1 - torch.bincount(rows, minlength=len(part)))
    none = queries.new_zeros(0)
    return torch.cat([none.float(), *ranks]), torch.cat([none, *counts])


def frequency_scores(edges: Tensor, num_concepts: int) -> TailScores:
    """A baseline that does not look at the head: how often a concept is the relation's tail among
    `edges` `[E, 3]`."""
    edges = edges[edges[:, 2] < num_concepts]
    keys, counts = torch.unique(edges[:, 1] * num_concepts + edges[:, 2], return_counts=True)
    by_relation = _Groups(keys // max(1, num_concepts), torch.arange(len(keys)))

    def scores(heads: Tensor, relations: Tensor) -> Tensor:
        rows, places = by_relation.members(relations)
        frequencies = torch.zeros(len(heads), num_concepts)
        frequencies[rows, keys[places] % num_concepts] = counts[places].float()
        return frequencies

    return scores


class _Groups:
    """Values by key, to be looked up for many keys at once."""

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        self._keys, order = keys.sort(stable=True)
        self._values = values[order]

    def members(self, keys: Tensor) -> Tuple[Tensor, Tensor]:
        """All values of the keys `[q]`, `[m]`, and before them the place among `keys` of each."""
        keys = keys.contiguous()
        first = torch.searchsorted(self._keys, keys)
        counts = torch.searchsorted(self._keys, keys, right=True) - first
        rows = torch.repeat_interleave(torch.arange(len(keys)), counts)
        skipped = first - (counts.cumsum(0) - counts)
        return rows, self._values[torch.arange(len(rows)) + skipped[rows]]
