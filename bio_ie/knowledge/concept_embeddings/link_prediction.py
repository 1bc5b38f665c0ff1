"""Measures how well vectors of concepts predict relations that they were not trained on.

The protocol is the filtered ranking of Bordes et al. (2013). For a held-out edge (h, r, t), all
concepts are ranked by how well they complete (h, r, ?), and the rank of t is the result. Other
concepts that are known to be right, from the training edges or from the held-out ones, are left out
of the ranking. Each edge is ranked in both directions, for its tail and for its head, because a
`RelationGraph` has both. A tie counts as half a rank, so that equal scores for all concepts are no
better than chance.
"""

from dataclasses import dataclass
from functools import partial
from typing import Callable, Dict, Iterable, Optional, Tuple

import torch
from torch import Tensor
from tqdm import tqdm

from bio_ie.knowledge.concept_embeddings.relation_graph import RelationGraph

TailScores = Callable[[Tensor, Tensor], Tensor]
"""A function of heads and relations, `[q]` each. It returns the scores of all `n` concepts as the
tail, `[q, n]`, in a new tensor."""

HITS = (1, 3, 10)

SCORES_AT_ONCE = 1 << 24
"""The number of scores that are computed at once. They take 64 MB."""


@dataclass(frozen=True)
class LinkPrediction:
    """Means over queries. If there are no queries, all means are zero."""

    queries: int
    mrr: float
    """Mean of 1 / rank."""
    hits: Dict[int, float]
    """For each k, the share of queries whose rank is at most k."""


def predict_links(
    tail_scores: TailScores,
    graph: RelationGraph,
    edges: Tensor,
    held_out: Tensor,
    progress: bool = False,
) -> Dict[str, LinkPrediction]:
    """Measures how well held-out edges are predicted, and compares that with `chance` and
    `frequency_scores`.

    # Parameters

    tail_scores : `TailScores`
        Scores all nodes of `graph`, or only its concepts, which come first.
    graph : `RelationGraph`
        The graph with all edges.
    edges, held_out : `Tensor`
        The edges of `graph` that were trained on, `[E, 3]`, and those that were not, `[q, 3]`.
    progress : `bool`, optional (default = `False`)
        Shows progress on standard error if that is a terminal.

    # Returns

    `Dict[str, LinkPrediction]`
        The results for "chance", "frequency", "all relations", and for each held-out relation by
        its name.
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
    """The means for the ranks of the right answers, `[q]`. The best rank is 1."""
    ranks = ranks.double()
    hits = {k: _mean((ranks <= k).double()) for k in HITS}
    return LinkPrediction(len(ranks), _mean(1 / ranks), hits)


def chance(num_candidates: Tensor) -> LinkPrediction:
    """The expected means for a random order, given the number of concepts that are ranked for each
    query, `[q]`. If n concepts are ranked, each rank has probability 1 / n."""
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
    """Ranks the tail of each query among all concepts, except other concepts that are known to be
    right.

    # Parameters

    tail_scores : `TailScores`
    queries : `Tensor`
        Edges `[q, 3]`.
    known : `Tensor`
        All edges that are right, including those of `queries`, `[E, 3]`. None occurs twice.
    num_concepts : `int`
    bar : `Callable`, optional
        Wraps the iterable over the parts of the work, to show progress.

    # Returns

    `Tuple[Tensor, Tensor]`
        The rank of each query's tail, and the number of concepts in its ranking, `[q]` each.
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
    """A baseline that ignores the head. The score of a concept is the number of `edges`, `[E, 3]`,
    in which it is the tail of the relation."""
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
    """A multi-valued map from keys to values that looks up many keys at once."""

    def __init__(self, keys: Tensor, values: Tensor) -> None:
        self._keys, order = keys.sort(stable=True)
        self._values = values[order]

    def members(self, keys: Tensor) -> Tuple[Tensor, Tensor]:
        """Looks up `keys`, `[q]`. Returns two tensors `[m]`: for each value found, the index in
        `keys` of its key, and the value itself."""
        keys = keys.contiguous()
        first = torch.searchsorted(self._keys, keys)
        counts = torch.searchsorted(self._keys, keys, right=True) - first
        rows = torch.repeat_interleave(torch.arange(len(keys)), counts)
        skipped = first - (counts.cumsum(0) - counts)
        return rows, self._values[torch.arange(len(rows)) + skipped[rows]]
