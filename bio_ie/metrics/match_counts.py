"""Precision, recall and F1 from integer counts."""

from collections import Counter
from operator import itemgetter
from typing import AbstractSet, Any, Dict, NamedTuple, Tuple

from bio_ie.metrics.over_processes import over_processes

Key = Tuple[Any, ...]
"""The part of an item that is compared. Its last element is the type."""

_type_of = itemgetter(-1)


class Score(NamedTuple):
    """Counts of items, and their ratios. A ratio whose denominator is 0 is 0, never 1. The counts
    show whether a class is empty or was missed."""

    correct: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """`2PR / (P + R)`, written as `2 correct / (predicted + gold)`."""
        total = self.predicted + self.gold
        return 2 * self.correct / total if total else 0.0


class MatchCounts:
    """Correct, predicted and gold items, counted by type.

    The counts are integers that are only added. So a score does not depend on the number of calls
    that count the items, on the order of the items, or on the number of processes.
    """

    def __init__(self) -> None:
        self.correct: Counter[str] = Counter()
        self.predicted: Counter[str] = Counter()
        self.gold: Counter[str] = Counter()

    def add(self, predicted: AbstractSet[Key], gold: AbstractSet[Key]) -> None:
        """Counts the items of one instance."""
        self.correct.update(map(_type_of, predicted & gold))
        self.predicted.update(map(_type_of, predicted))
        self.gold.update(map(_type_of, gold))

    def over_processes(self) -> "MatchCounts":
        """The sum over all distributed processes, which must all call this method. `self` does not
        change. Processes may have seen different types."""
        result = MatchCounts()
        result.correct = over_processes(self.correct)
        result.predicted = over_processes(self.predicted)
        result.gold = over_processes(self.gold)
        return result

    def micro(self) -> Score:
        """The score of all items together."""
        return Score(
            sum(self.correct.values()), sum(self.predicted.values()), sum(self.gold.values())
        )

    def by_type(self) -> Dict[str, Score]:
        """The score of each type in gold or predicted, in alphabetic order."""
        return {
            type_: Score(self.correct[type_], self.predicted[type_], self.gold[type_])
            for type_ in sorted(self.predicted.keys() | self.gold.keys())
        }

    def macro(self) -> Dict[str, float]:
        """Precision, recall and F1 as plain means over the types in gold or predicted."""
        scores = list(self.by_type().values())
        return {
            name: sum(getattr(score, name) for score in scores) / len(scores) if scores else 0.0
            for name in ("precision", "recall", "f1")
        }

    def clear(self) -> None:
        for counts in (self.correct, self.predicted, self.gold):
            counts.clear()
