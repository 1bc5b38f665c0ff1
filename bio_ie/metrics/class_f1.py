"""Scores of items with one label each, where one label is negative ("no relation")."""

from typing import Dict, List, Optional, Sequence

import numpy as np
import torch
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric
from sklearn.metrics import roc_auc_score

from bio_ie.metrics.match_counts import Score
from bio_ie.metrics.over_processes import from_all_processes


class ClassF1(Metric):
    """Precision, recall and F1 of the positive labels, which are all labels but one. They are micro
    scores and, if there are several positive labels, F1 scores of each label. If a model confuses
    two positive labels, one item is wrong and one is missed.

    An F1 score looks good when most items are positive. So there are other scores beside it:
    accuracy; the area under the ROC curve of "positive" against "negative"; and the F1 of a
    baseline that predicts the most frequent positive label for every item.

    # Parameters

    labels : `Sequence[str]`
        All labels, by index.
    negative_label : `str`
        The label of `labels` that is not positive.
    """

    supports_distributed = True

    def __init__(self, labels: Sequence[str], negative_label: str) -> None:
        self.labels = list(labels)
        self.negative = self.labels.index(negative_label)
        # The confusion matrix: a row for each gold label, a column for each predicted label.
        self._counts = torch.zeros(len(self.labels), len(self.labels), dtype=torch.long)
        # For each item, the probability that it is positive, and whether it is.
        self._scores: List[float] = []
        self._is_positive: List[bool] = []

    def __call__(
        self,
        probabilities: torch.Tensor,
        gold: torch.Tensor,
        predicted: Optional[torch.Tensor] = None,
    ) -> None:
        """Adds items.

        # Parameters

        probabilities : `torch.Tensor`
            `[n, C]`
        gold : `torch.Tensor`
            The right labels, `[n]`.
        predicted : `torch.Tensor`, optional
            The predicted labels, `[n]`; by default the most probable ones.
        """
        if predicted is None:
            predicted = probabilities.argmax(1)
        size = len(self.labels)
        cells = (gold * size + predicted).cpu()
        self._counts += cells.bincount(minlength=size * size).view(size, size)
        self._scores += (1 - probabilities[:, self.negative].double()).tolist()
        self._is_positive += (gold != self.negative).tolist()

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """
        # Returns

        `Dict[str, float]`
            `precision`, `recall`, `f1`, `correct`, `predicted`, `gold`, `accuracy`,
            `always_positive_f1` (the baseline), and with several positive labels `f1/<label>`; on
            reset also `auc` (0 unless there are positive and negative items).
        """
        counts = dist_reduce_sum(self._counts)
        correct, predicted, gold = counts.diag(), counts.sum(0), counts.sum(1)
        columns = torch.stack([correct, predicted, gold], dim=1)
        by_label = {
            label: Score(*row)
            for index, (label, row) in enumerate(zip(self.labels, columns.tolist(), strict=True))
            if index != self.negative
        }
        micro = Score(*map(sum, zip(*by_label.values(), strict=True)))
        total = int(counts.sum())
        most = max(score.gold for score in by_label.values())
        result: Dict[str, float] = {
            name: float(getattr(micro, name))
            for name in ("precision", "recall", "f1", "correct", "predicted", "gold")
        }
        result["accuracy"] = int(correct.sum()) / total if total else 0.0
        result["always_positive_f1"] = Score(most, total, micro.gold).f1
        if len(by_label) > 1:
            result.update((f"f1/{label}", score.f1) for label, score in by_label.items())
        if reset:
            # Only on reset and not at every batch, because its time grows with the items.
            parts = from_all_processes((self._scores, self._is_positive))
            scores, is_positive = (np.concatenate(values) for values in zip(*parts, strict=True))
            is_mixed = len(set(is_positive.tolist())) == 2
            result["auc"] = float(roc_auc_score(is_positive, scores)) if is_mixed else 0.0
            self.reset()
        return result

    def reset(self) -> None:
        self._counts.zero_()
        self._scores.clear()
        self._is_positive.clear()
