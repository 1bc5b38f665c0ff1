"""What `entity_f1` and `relation_f1` share: sets of items compared row by row."""

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
    TypeVar,
)

from allennlp.training.metrics import Metric

from bio_ie.metrics.match_counts import Key, MatchCounts, Score

Item = TypeVar("Item")

MAIN_SCORES = ("precision", "recall", "f1")
"""What is shown while batches go by."""


class ItemF1(Metric, Generic[Item]):
    """Micro, macro and per-type precision, recall and F1 of predicted items against gold ones.

    Each row (an instance) is compared as a pair of sets: a duplicate counts once. Gold that the
    model's input cannot express is passed like any other and counts as missed.

    # Parameters

    per_type : `bool`, optional (default = `True`)
        Whether `get_metric` reports every type too.
    """

    supports_distributed = True

    criteria: ClassVar[Dict[str, Callable[[Any], Key]]]
    """What has to agree, by name: the part of an item that is compared, its type last. The one
    called `strict` is reported without a prefix."""

    type_criterion: ClassVar[str] = "strict"
    """The one that is reported by type."""

    macro_criteria: ClassVar[Sequence[str]]
    """Those whose items have types to average over."""

    def __init__(self, per_type: bool = True) -> None:
        self._per_type = per_type
        self._counts = {name: MatchCounts() for name in self.criteria}

    def __call__(  # type: ignore[override]
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
            Instances to count; `False` marks the copies that pad a distributed round.
        """
        lengths = {len(predicted), len(gold), len(gold if mask is None else mask)}
        if len(lengths) > 1:
            raise ValueError(f"predicted, gold and mask differ in length: {sorted(lengths)}")
        for index, (predicted_row, gold_row) in enumerate(zip(predicted, gold, strict=True)):
            if mask is not None and not mask[index]:
                continue
            predicted_items, gold_items = set(predicted_row), set(gold_row)
            for name, key in self.criteria.items():
                self._counts[name].add(set(map(key, predicted_items)), set(map(key, gold_items)))

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """
        # Returns

        `Dict[str, float]`
            `precision`, `recall`, `f1`, `correct`, `predicted` and `gold` of the strict criterion,
            the same with the prefix of every other (`boundary_f1`), `macro_precision`,
            `macro_recall` and `macro_f1`, and for each type the six of one criterion, the strict
            one unless the metric says otherwise, as `f1/<type>`. Counts are floats too, as AllenNLP
            asks of every metric.
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
    """The scores with `name` before theirs: `<name>_f1`. Only precision, recall and F1 unless
    `everything` is wanted: AllenNLP shows all scores in the progress bar."""
    shown = scores if everything else MAIN_SCORES
    return {f"{name}_{key}": scores[key] for key in shown}


def _report(score: Score, template: str) -> Dict[str, float]:
    names = ("precision", "recall", "f1", "correct", "predicted", "gold")
    return {template.format(name): float(getattr(score, name)) for name in names}


def _report_by_type(scores: Dict[str, Score]) -> Dict[str, float]:
    """TensorBoard allows no spaces and few signs in a name; types that become equal stay apart."""
    result: Dict[str, float] = {}
    for type_, score in scores.items():
        if not type_:  # what has none
            continue
        name = re.sub(r"[^-/\w.]", "_", type_)
        while f"f1/{name}" in result:
            name += "_"
        for ratio, value in _report(score, "{}").items():
            result[f"{ratio}/{name}"] = value
    return result
