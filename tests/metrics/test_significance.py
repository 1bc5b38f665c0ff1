import itertools
from typing import List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.metrics.significance import compare


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
        for signs in itertools.product((False, True), repeat=len(ranks))
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
