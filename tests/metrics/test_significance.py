from itertools import product
from typing import Dict, List, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.metrics.match_counts import Score
from bio_ie.metrics.significance import Counts, Difference, compare, compare_micro


def exact_p_value(differences: List[float]) -> float:
    """The p-value from all possible signs of the ranks, if the differences have different sizes and
    none of them is 0."""
    order = sorted(range(len(differences)), key=lambda place: abs(differences[place]))
    ranks = {place: rank for rank, place in enumerate(order, 1)}
    positive = sum(rank for place, rank in ranks.items() if differences[place] > 0)
    total = len(ranks) * (len(ranks) + 1) / 2
    extreme = min(positive, total - positive)
    sums = [
        sum(rank for rank, sign in zip(ranks.values(), signs, strict=True) if sign)
        for signs in product((False, True), repeat=len(ranks))
    ]
    return min(1.0, 2 * sum(value <= extreme for value in sums) / len(sums))


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(1, 100), min_size=3, max_size=9, unique=True),
    signs=st.lists(st.booleans(), min_size=9, max_size=9),
)
def test_small_samples_have_the_exact_probability(sizes: List[int], signs: List[bool]) -> None:
    differences = [s / 100 if sign else -s / 100 for s, sign in zip(sizes, signs, strict=False)]
    found = compare([0.5 + d / 2 for d in differences], [0.5 - d / 2 for d in differences])
    assert found.p_value == pytest.approx(exact_p_value(differences))
    assert found.better == sum(d > 0 for d in differences)
    assert found.worse == sum(d < 0 for d in differences)


def test_equal_systems_do_not_differ() -> None:
    assert compare([0.5, 1.0], [0.5, 1.0]) == (0, 0, 2, 1.0)
    assert compare([], []).p_value == 1.0


def test_different_documents_cannot_be_paired() -> None:
    with pytest.raises(ValueError):
        compare([1.0], [])


FIRST: List[Counts] = [(3, 4, 5), (1, 2, 1), (0, 1, 2), (2, 2, 4), (0, 0, 0)]
SECOND: List[Counts] = [(2, 5, 5), (1, 1, 1), (1, 1, 2), (0, 3, 4), (0, 0, 0)]


def micro(counts: Sequence[Counts]) -> Dict[str, float]:
    score = Score(*(sum(column) for column in zip(*counts, strict=True)))
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}


def difference(first: Sequence[Counts], second: Sequence[Counts]) -> Dict[str, float]:
    ours, theirs = micro(first), micro(second)
    return {name: ours[name] - theirs[name] for name in ours}


def test_micro_scores_are_compared_as_by_all_swaps_and_all_draws() -> None:
    """Five documents have 32 ways to swap and 3,125 ways to be drawn."""
    found = compare_micro(FIRST, SECOND, num_samples=200_000)
    observed = difference(FIRST, SECOND)
    swaps, draws = [], []
    for choice in product([False, True], repeat=5):
        pairs = [
            (b, a) if is_swapped else (a, b)
            for a, b, is_swapped in zip(FIRST, SECOND, choice, strict=True)
        ]
        swaps.append(difference(*zip(*pairs, strict=True)))
    for places in product(range(5), repeat=5):
        draws.append(difference([FIRST[i] for i in places], [SECOND[i] for i in places]))
    for name, result in found.items():
        as_large = [abs(swap[name]) >= abs(observed[name]) - 1e-9 for swap in swaps]
        low, high = np.quantile([draw[name] for draw in draws], [0.025, 0.975])
        assert result.difference == pytest.approx(observed[name])
        assert result.p_value == pytest.approx(np.mean(as_large), abs=0.01)
        assert result.low == pytest.approx(low, abs=0.02)
        assert result.high == pytest.approx(high, abs=0.02)
        assert result.low <= result.difference <= result.high


def test_documents_of_equal_counts_are_drawn_like_different_ones() -> None:
    """The same documents, but for one system a document of many more, so that none are equal."""
    first, second = FIRST * 40, SECOND * 40
    rng = np.random.default_rng(0)
    pairs = np.array([(*a, *b) for a, b in zip(first, second, strict=True)])
    found = compare_micro(first, second)["f1"]
    swapped, drawn = [], []
    for _ in range(4_000):
        is_swapped = rng.random(len(pairs)) < 0.5
        totals = np.where(is_swapped[:, None], np.roll(pairs, 3, axis=1), pairs).sum(0)
        swapped.append(Score(*totals[:3]).f1 - Score(*totals[3:]).f1)
        totals = pairs[rng.integers(len(pairs), size=len(pairs))].sum(0)
        drawn.append(Score(*totals[:3]).f1 - Score(*totals[3:]).f1)
    as_large = np.mean(np.abs(swapped) >= abs(found.difference) - 1e-9)
    assert found.p_value == pytest.approx(as_large, abs=0.02)
    assert [found.low, found.high] == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.01)


def test_comparison_is_the_same_every_time_and_opposite_the_other_way_round() -> None:
    one, again, other = (
        compare_micro(*systems)["f1"]
        for systems in ((FIRST, SECOND), (FIRST, SECOND), (SECOND, FIRST))
    )
    assert one == again
    assert other.difference == pytest.approx(-one.difference)
    assert other.p_value == pytest.approx(one.p_value, abs=0.02)
    assert compare_micro(FIRST, SECOND, seed=1)["f1"] != one


def test_equal_micro_scores_do_not_differ() -> None:
    for counts in (FIRST, [(0, 0, 0)], []):
        for result in compare_micro(counts, counts).values():
            assert result == Difference(0.0, 0.0, 0.0, 1.0)


def test_a_difference_on_every_document_is_no_chance() -> None:
    result = compare_micro([(9, 10, 10)] * 100, [(5, 10, 10)] * 100)["f1"]
    assert result.p_value < 0.001
    assert result.difference == pytest.approx(0.4)
    assert 0 < result.low <= 0.4 <= result.high


def test_systems_need_the_same_documents() -> None:
    with pytest.raises(ValueError, match="1 and 2 documents"):
        compare_micro([(0, 0, 0)], [(0, 0, 0)] * 2)
