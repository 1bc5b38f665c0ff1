"""Whether two systems differ by more than chance."""

from typing import NamedTuple, Sequence

from scipy.stats import wilcoxon


class Comparison(NamedTuple):
    """Of two systems on the same documents."""

    better: int
    """Documents on which the first one scored higher."""
    worse: int
    ties: int
    p_value: float
    """Of the two-sided Wilcoxon signed-rank test; 1 where no document differs."""


def compare(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """The paired Wilcoxon signed-rank test over documents (SNERL, Tables 2 to 4).

    # Parameters

    first, second : `Sequence[float]`
        The score of each document by either system, in the same order.
    """
    differences = [one - other for one, other in zip(first, second, strict=True)]
    better = sum(difference > 0 for difference in differences)
    worse = sum(difference < 0 for difference in differences)
    p_value = float(wilcoxon(differences).pvalue) if better or worse else 1.0
    return Comparison(better, worse, len(differences) - better - worse, p_value)
