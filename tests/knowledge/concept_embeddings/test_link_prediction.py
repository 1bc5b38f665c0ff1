from collections import Counter
from typing import List, Tuple

import pytest
import torch

from bio_ie.knowledge.concept_embeddings import link_prediction
from bio_ie.knowledge.concept_embeddings.link_prediction import (
    HITS,
    chance,
    filtered_ranks,
    frequency_scores,
    predict_links,
    scores_of_ranks,
)
from bio_ie.knowledge.concept_embeddings.relation_graph import RelationGraph

CONCEPTS, RELATIONS = 25, 3


def random_edges(seed: int, count: int = 150) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    columns = [torch.randint(n, (count,), generator=generator) for n in (CONCEPTS, RELATIONS)]
    tails = torch.randint(CONCEPTS, (count,), generator=generator)
    return torch.unique(torch.stack([*columns, tails], dim=1), dim=0)


def brute_force(scores: torch.Tensor, queries: torch.Tensor, known: torch.Tensor):
    """The ranks and the numbers of candidates, calculated query by query and concept by concept."""
    right = {tuple(edge) for edge in known.tolist()}
    result: List[Tuple[float, int]] = []
    for head, relation, tail in queries.tolist():
        rank, candidates = 1.0, 1
        for other in range(CONCEPTS):
            if other == tail or (head, relation, other) in right:
                continue
            candidates += 1
            difference = (scores[head, relation, other] - scores[head, relation, tail]).item()
            rank += 1.0 if difference > 0 else 0.5 if difference == 0 else 0.0
        result.append((rank, candidates))
    return result


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("at_once", [1, 7 * CONCEPTS, 1 << 20])
def test_ranks_are_those_of_a_comparison_one_by_one(
    seed: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_prediction, "SCORES_AT_ONCE", at_once)
    known = random_edges(seed)
    queries = known[torch.randperm(len(known))[:40]]
    scores = torch.randint(5, (CONCEPTS, RELATIONS, CONCEPTS)).float()  # with ties
    ranks, candidates = filtered_ranks(lambda h, r: scores[h, r], queries, known, CONCEPTS)
    expected = brute_force(scores, queries, known)
    assert list(zip(ranks.tolist(), candidates.tolist(), strict=True)) == expected


def test_scores_beyond_the_concepts_do_not_count() -> None:
    known = random_edges(0)
    scores = torch.rand(CONCEPTS, RELATIONS, CONCEPTS + 5)
    scores[..., CONCEPTS:] = 2.0
    ranks, _ = filtered_ranks(lambda h, r: scores[h, r], known, known, CONCEPTS)
    expected = brute_force(scores, known, known)
    assert ranks.tolist() == [rank for rank, _ in expected]


def test_means_over_ranks() -> None:
    scores = scores_of_ranks(torch.tensor([1.0, 2.0, 4.0, 20.0]))
    assert scores.mrr == pytest.approx((1 + 1 / 2 + 1 / 4 + 1 / 20) / 4)
    assert scores.hits == {1: 0.25, 3: 0.5, 10: 0.75}
    assert scores.queries == 4


def test_chance_is_what_random_orders_have_on_average() -> None:
    counts = torch.tensor([2, 5, 30, 30])
    ranks = [torch.randint(1, int(count) + 1, (20_000,)) for count in counts]
    simulated = scores_of_ranks(torch.cat(ranks))
    expected = chance(counts)
    assert expected.mrr == pytest.approx(simulated.mrr, abs=0.01)
    for k in HITS:
        assert expected.hits[k] == pytest.approx(simulated.hits[k], abs=0.01)


def test_without_queries_all_is_zero() -> None:
    none = torch.zeros(0).long()
    for scores in (scores_of_ranks(none), chance(none)):
        assert (scores.queries, scores.mrr, set(scores.hits.values())) == (0, 0.0, {0.0})


def test_frequencies_are_counts_of_tails() -> None:
    edges = random_edges(1)
    edges[:9, 2] = CONCEPTS + 1  # semantic types are no answer
    counts = Counter((relation, tail) for _, relation, tail in edges.tolist())
    scores = frequency_scores(edges, CONCEPTS)(torch.tensor([0, 4, 9]), torch.tensor([2, 0, 2]))
    for row, relation in enumerate((2, 0, 2)):
        assert scores[row].tolist() == [counts[relation, tail] for tail in range(CONCEPTS)]


def test_report_has_chance_frequency_and_each_relation() -> None:
    known = random_edges(2)
    held_out = known[known[:, 1] != 1][::3]
    names = [f"r{place}" for place in range(RELATIONS)]
    graph = RelationGraph([str(n) for n in range(CONCEPTS)], CONCEPTS, names, known)
    edges = torch.tensor([edge for edge in known.tolist() if edge not in held_out.tolist()])
    table = torch.zeros(CONCEPTS, RELATIONS, CONCEPTS)
    table[tuple(held_out.T)] = 1.0
    report = predict_links(lambda h, r: table[h, r], graph, edges, held_out)
    assert list(report) == ["chance", "frequency", "all relations", "r0", "r2"]
    assert report["all relations"].mrr == report["r0"].mrr == report["r2"].mrr == 1.0
    assert report["chance"].mrr < 0.5
    assert report["r0"].queries + report["r2"].queries == len(held_out)
    frequency = frequency_scores(edges, CONCEPTS)
    ranks, _ = filtered_ranks(frequency, held_out, known, CONCEPTS)
    assert report["frequency"] == scores_of_ranks(ranks)


def test_scores_that_are_all_the_same_are_no_better_than_chance() -> None:
    known = random_edges(3)
    ranks, counts = filtered_ranks(
        lambda h, r: torch.zeros(len(h), CONCEPTS), known, known, CONCEPTS
    )
    assert ranks.tolist() == ((counts + 1) / 2).tolist()
