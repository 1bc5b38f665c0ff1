"""The base of the metrics that compare sets of items, such as mentions or relations."""

import re
from typing import (
    Any,
    Callable,
    ClassVar,
    Dict,
    Generic,
    Iterable,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
    TypeVar,
)

from bio_ie.metrics.match_counts import Key, MatchCounts, Score

Item = TypeVar("Item")

MAIN_SCORES = ("precision", "recall", "f1")
"""The scores that the progress bar shows during an epoch."""


class ItemF1(Generic[Item]):
    """Micro, macro and per-type precision, recall and F1 of predicted items against gold items.

    The predicted and the gold items of each row (an instance) are compared as sets, so a duplicate
    counts once. Gold items that the model's input cannot express are passed like any other gold
    items, and count as missed.

    It has the methods of AllenNLP's `Metric`, but does not inherit from it. `bio-ie score` would
    import the trainer and all models with that class.

    # Parameters

    per_type : `bool`, optional (default = `True`)
        Whether `get_metric` reports every type too.
    """

    supports_distributed = True

    criteria: ClassVar[Dict[str, Callable[[Any], Key]]]
    """The criteria by which two items agree, by name. A criterion gives the part of an item that is
    compared, with the type last. Scores of the criterion `strict` are reported without a prefix."""

    type_criterion: ClassVar[str] = "strict"
    """The criterion whose scores are reported by type."""

    macro_criteria: ClassVar[Sequence[str]]
    """The criteria that have macro scores: means over the types of their items."""

    def __init__(self, per_type: bool = True) -> None:
        self._per_type = per_type
        self._counts = {name: MatchCounts() for name in self.criteria}

    def __call__(
        self,
        predicted: Sequence[Iterable[Item]],
        gold: Sequence[Iterable[Item]],
        mask: Optional[Sequence[bool]] = None,
    ) -> None:
        """
        # Parameters

        predicted, gold : `Sequence[Iterable[Item]]`
            The items of each instance.
        mask : `Sequence[bool]`, optional
            Which instances to count. `False` marks the copies that pad a distributed round.
        """
        lengths = {len(predicted), len(gold), len(gold if mask is None else mask)}
        if len(lengths) > 1:
            raise ValueError(f"predicted, gold and mask differ in length: {sorted(lengths)}")
        for index, (predicted_row, gold_row) in enumerate(zip(predicted, gold, strict=True)):
            if mask is not None and not mask[index]:
                continue
            for name, (predicted_keys, gold_keys) in self.keys(predicted_row, gold_row).items():
                self._counts[name].add(predicted_keys, gold_keys)

    @classmethod
    def keys(
        cls, predicted: Iterable[Item], gold: Iterable[Item]
    ) -> Dict[str, Tuple[Set[Key], Set[Key]]]:
        """What of the predicted and of the gold items of an instance is compared, by criterion."""
        rows = [{part for item in row for part in cls.parts(item)} for row in (predicted, gold)]
        return {
            name: (set(map(key, rows[0])), set(map(key, rows[1])))
            for name, key in cls.criteria.items()
        }

    @classmethod
    def parts(cls, item: Item) -> Iterable[Item]:
        """The items that an item stands for, by default itself alone."""
        return (item,)

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """
        # Returns

        `Dict[str, float]`
            * `precision`, `recall`, `f1`, `correct`, `predicted` and `gold` of the strict
              criterion;
            * the same of every other criterion, with its name as prefix (`boundary_f1`);
            * `macro_precision`, `macro_recall` and `macro_f1` of the `macro_criteria`;
            * for each type, the six scores of the `type_criterion`, such as `f1/<type>`.

            Counts are floats too, as AllenNLP requires of every metric.
        """
        result: Dict[str, float] = {}
        for name, local_counts in self._counts.items():
            counts = local_counts.over_processes()
            prefix = "" if name == "strict" else f"{name}_"
            result.update(_report(counts.micro(), prefix + "{}"))
            if name in self.macro_criteria:
                for ratio, value in counts.macro().items():
                    result[f"{prefix}macro_{ratio}"] = value
            if name == self.type_criterion and self._per_type:
                result.update(_report_by_type(counts.by_type()))
        if reset:
            self.reset()
        return result

    def reset(self) -> None:
        for counts in self._counts.values():
            counts.clear()


def named_scores(name: str, scores: Mapping[str, float], everything: bool) -> Dict[str, float]:
    """The scores with `name` as prefix: `<name>_f1`. Unless `everything` is true, only precision,
    recall and F1 are given, because AllenNLP shows all scores in the progress bar."""
    shown = scores if everything else MAIN_SCORES
    return {f"{name}_{key}": scores[key] for key in shown}


def _report(score: Score, template: str) -> Dict[str, float]:
    names = ("precision", "recall", "f1", "correct", "predicted", "gold")
    return {template.format(name): float(getattr(score, name)) for name in names}


def _report_by_type(scores: Dict[str, Score]) -> Dict[str, float]:
    """The scores of each type, with names that TensorBoard allows: no spaces and few signs. If the
    names of two types become equal, an underscore is added to one of them."""
    result: Dict[str, float] = {}
    for type_, score in scores.items():
        if not type_:  # items without a type
            continue
        name = re.sub(r"[^-/\w.]", "_", type_)
        while f"f1/{name}" in result:
            name += "_"
        for ratio, value in _report(score, "{}").items():
            result[f"{ratio}/{name}"] = value
    return result
