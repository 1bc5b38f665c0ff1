"""Chooses one label for each row, by thresholds."""

from typing import Dict, List, Optional, Sequence

import torch

from bio_ie.metrics.thresholds import Thresholds

_UNSET = -1.0
"""Stands for a threshold that neither the callback nor the config has set."""


class LabelThresholds(Thresholds):
    """Predicts the likeliest positive label of a row if its probability reaches the label's
    threshold, and otherwise the negative label (RELVM, section 4.3).

    # Parameters

    labels : `Sequence[str]`
        All labels, by index.
    negative_label : `str`
        One of the labels.
    initial : `float`, optional (default = `0.5`)
        The thresholds before the callback `best_thresholds` sets others. With `None`, the likeliest
        positive label is predicted where it is likelier than the negative one.
    fixed : `bool`, optional (default = `False`)
        See `Thresholds`.
    """

    positive: torch.Tensor
    """The indices of the positive labels, `[C - 1]`."""

    def __init__(
        self,
        labels: Sequence[str],
        negative_label: str,
        initial: Optional[float] = 0.5,
        fixed: bool = False,
    ) -> None:
        negative = list(labels).index(negative_label)
        positive = [index for index in range(len(labels)) if index != negative]
        names = [labels[index] for index in positive]
        super().__init__(names, _UNSET if initial is None else initial, fixed)
        self._labels = list(labels)
        self.negative_label = negative_label
        self._negative = negative
        self.register_buffer("positive", torch.tensor(positive), persistent=False)

    def forward(self, probabilities: torch.Tensor) -> torch.Tensor:
        """The predicted label of each row, `[B]`, from probabilities `[B, C]`."""
        best, place = probabilities[:, self.positive].max(1)
        is_positive = torch.where(
            self.thresholds[place] == _UNSET,
            best > probabilities[:, self._negative],
            self.reached(best, place),
        )
        return torch.where(is_positive, self.positive[place], self._negative)

    def count_labels(self, probabilities: torch.Tensor, gold: torch.Tensor) -> None:
        """Adds rows with probabilities `[n, C]` and gold labels `[n]` to the scores."""
        best, place = probabilities[:, self.positive].max(1)
        names = [self._labels[index] for index in gold.tolist() if index != self._negative]
        self.count(best, place, self.positive[place] == gold, names)

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """The scores of all positive labels together, and the threshold that would be best.

        # Returns

        `Dict[str, float]`
            `precision`, `recall`, `f1`, `correct`, `predicted`, `gold` and `f1/<label>` with the
            current thresholds; `threshold`, the lowest of these; and `best_f1` and
            `best_threshold` for the one threshold for all labels that is best on these rows.
        """
        best = self.best_for_all()
        result = super().get_metric(reset)
        shown: List[str] = ["precision", "recall", "f1", "correct", "predicted", "gold"]
        shown += [name for name in result if name.startswith("f1/")]
        return {
            **{name: result[name] for name in shown},
            "threshold": float(self.thresholds.amin()),
            **best,
        }

    def best_for_all(self) -> Dict[str, float]:
        """`best_f1` and `best_threshold`: the highest F1 on the rows so far with one threshold for
        all labels, and that threshold."""
        threshold = self._scores.best_thresholds(shared=True)
        f1 = self._scores.get_metric(thresholds=threshold)["f1"]
        return {"best_f1": f1, "best_threshold": float(threshold.amin())}
