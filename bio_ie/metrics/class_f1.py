"""Scores of items that have one label each, most of them none that matters."""

from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric
from sklearn.metrics import roc_auc_score

from bio_ie.metrics.match_counts import Score
from bio_ie.metrics.over_processes import from_all_processes


@Metric.register("class_f1")
class ClassF1(Metric):
    """Precision, recall and F1 of the positive labels, which are all but one: micro, and of each if
    there are several (a confusion of two of them is a wrong and a missed one). Beside them, because
    an F1 flatters where most items are positive: accuracy, the area under the ROC curve of
    "positive" against "negative", and the F1 of an answer that is the same for every item, the
    commonest positive label. And, to choose a threshold by, the highest F1 that any has on these
    items, if the likeliest positive label is predicted from there on.

    Registered as a `Metric` with name "class_f1".

    # Parameters

    labels : `Sequence[str]`
        By index.
    negative_label : `str`
        One of them.
    """

    supports_distributed = True

    def __init__(self, labels: Sequence[str], negative_label: str) -> None:
        self.labels = list(labels)
        self.negative = self.labels.index(negative_label)
        # Gold labels by predicted labels.
        self._counts = torch.zeros(len(self.labels), len(self.labels), dtype=torch.long)
        # Of each item, the probability that it is positive, whether it is; and the probability of
        # the likeliest positive label, whether that is right.
        self._scores: List[float] = []
        self._is_positive: List[bool] = []
        self._likeliest: List[float] = []
        self._is_right: List[bool] = []

    def __call__(
        self,
        probabilities: torch.Tensor,
        gold: torch.Tensor,
        predicted: Optional[torch.Tensor] = None,
    ) -> None:
        """For probabilities `[n, C]`, right labels `[n]` and predicted ones `[n]`, the likeliest if
        they are not given."""
        if predicted is None:
            predicted = probabilities.argmax(1)
        size = len(self.labels)
        cells = (gold * size + predicted).cpu()
        self._counts += cells.bincount(minlength=size * size).view(size, size)
        self._scores += (1 - probabilities[:, self.negative].double()).tolist()
        self._is_positive += (gold != self.negative).tolist()
        likeliest, label = likeliest_positive(probabilities, self.negative)
        self._likeliest += likeliest.tolist()
        self._is_right += (label == gold).tolist()

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """
        # Returns

        `Dict[str, float]`
            `precision`, `recall`, `f1`, `correct`, `predicted`, `gold`, `accuracy`,
            `always_positive_f1`, and with several positive labels `f1/<label>`; on reset also `auc`
            (0 unless there are positive and negative items), `best_f1` and `best_threshold`.
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
            # Not at every batch: it takes longer the more items there are.
            parts = from_all_processes(
                (self._scores, self._is_positive, self._likeliest, self._is_right)
            )
            scores, is_positive, likeliest, is_right = (
                np.concatenate(values) for values in zip(*parts, strict=True)
            )
            is_mixed = len(set(is_positive.tolist())) == 2
            result["auc"] = float(roc_auc_score(is_positive, scores)) if is_mixed else 0.0
            best = best_f1(likeliest, is_right, micro.gold)
            result["best_f1"], result["best_threshold"] = best
            self.reset()
        return result

    def reset(self) -> None:
        self._counts.zero_()
        for values in (self._scores, self._is_positive, self._likeliest, self._is_right):
            values.clear()


def likeliest_positive(
    probabilities: torch.Tensor, negative: int
) -> Tuple[torch.Tensor, torch.Tensor]:
    """Of each row of `[n, C]` the highest probability of a label other than `negative`, and that
    label, `[n]` each."""
    columns = torch.arange(probabilities.size(1), device=probabilities.device)
    return probabilities.masked_fill(columns == negative, -1.0).max(1)


def best_f1(scores: np.ndarray, is_right: np.ndarray, num_gold: int) -> Tuple[float, float]:
    """The highest F1 of the items with at least some score, and that score, the highest of such;
    (0, 0) if there is nothing to find."""
    if not len(scores) or not num_gold:
        return 0.0, 0.0
    order = np.argsort(-scores, kind="stable")
    descending = scores[order]
    f1 = 2 * is_right[order].cumsum() / (np.arange(1, len(scores) + 1) + num_gold)
    f1[:-1][descending[:-1] == descending[1:]] = 0.0  # items with the same score go together
    place = int(f1.argmax())
    return float(f1[place]), float(descending[place])
