"""Tests whether two systems differ by more than chance."""

from typing import NamedTuple, Sequence

from scipy.stats import wilcoxon


class Comparison(NamedTuple):
    """The comparison of two systems on the same documents."""

    better: int
    """The number of documents on which the first system scored higher."""
    worse: int
    ties: int
    p_value: float
    """The p-value of the two-sided Wilcoxon signed-rank test. It is 1 if no document differs."""


def compare(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """The paired Wilcoxon signed-rank test over documents (SNERL, Tables 2 to 4).

    # Parameters

    first, second : `Sequence[float]`
        The scores of the documents by the first and by the second system, in the same order.
    """
    differences = [one - other for one, other in zip(first, second, strict=True)]
    better = sum(difference > 0 for difference in differences)
    worse = sum(difference < 0 for difference in differences)
    p_value = float(wilcoxon(differences).pvalue) if better or worse else 1.0
    return Comparison(better, worse, len(differences) - better - worse, p_value)
