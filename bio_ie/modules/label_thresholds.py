"""Labels that are predicted from a probability on."""

from typing import Dict, List, Optional, Sequence

import torch

from bio_ie.metrics.fact_f1 import FactF1, at_least


class LabelThresholds(torch.nn.Module):
    """The decision for one of the positive labels, and its score: the likeliest of them if its
    probability reaches its threshold, else the negative label (Shah and Fauqueur 2020, section
    4.3). Thresholds are kept in the archive; they are of probabilities and found by the callback
    `best_thresholds`.

    # Parameters

    labels : `Sequence[str]`
        By index.
    negative_label : `str`
        One of them.
    """

    thresholds: torch.Tensor
    """Of each positive label, `[C - 1]`."""
    positive: torch.Tensor
    """The indices of the positive labels, `[C - 1]`."""

    def __init__(self, labels: Sequence[str], negative_label: str) -> None:
        super().__init__()
        self._labels = list(labels)
        self.negative_label = negative_label
        self._negative = self._labels.index(negative_label)
        positive = [index for index in range(len(labels)) if index != self._negative]
        self.register_buffer("positive", torch.tensor(positive), persistent=False)
        self.register_buffer("thresholds", torch.full((len(positive),), 0.5))
        self._scores = FactF1([labels[index] for index in positive])
        self._best: Dict[bool, torch.Tensor] = {}

    def forward(self, probabilities: torch.Tensor) -> torch.Tensor:
        """The predicted label of each row, `[B]`, by probabilities `[B, C]`."""
        best, place = probabilities[:, self.positive].max(1)
        is_positive = at_least(best, self.thresholds[place])
        return torch.where(is_positive, self.positive[place], self._negative)

    def count(self, probabilities: torch.Tensor, gold: torch.Tensor) -> None:
        """Adds rows with probabilities `[n, C]` and right labels `[n]` to the scores."""
        best, place = probabilities[:, self.positive].max(1)
        names = [self._labels[index] for index in gold.tolist() if index != self._negative]
        self._scores(place, best, self.positive[place] == gold, names)

    def best_thresholds(self, shared: bool) -> Optional[torch.Tensor]:
        """`[C - 1]`, those of the highest F1 on the rows whose scores were last reset: of each
        label or, if `shared`, one of all; `None` before there were any."""
        return self._best.get(shared)

    def set_thresholds(self, thresholds: torch.Tensor) -> None:
        self.thresholds.copy_(thresholds)

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """`precision`, `recall`, `f1`, `correct`, `predicted` and `gold` of all positive labels
        together, and `f1/<label>`, with the thresholds that are set; `threshold`, the lowest of
        these; `best_f1` and `best_threshold`, with the one threshold that is best on these rows."""
        if reset:
            for shared in (False, True):
                self._best[shared] = self._scores.best_thresholds(shared)
        best = self._scores.best_thresholds(shared=True)
        best_f1 = self._scores.get_metric(thresholds=best)["f1"]
        result = self._scores.get_metric(reset, self.thresholds)
        shown: List[str] = ["precision", "recall", "f1", "correct", "predicted", "gold"]
        shown += [name for name in result if name.startswith("f1/")]
        return {
            **{name: result[name] for name in shown},
            "threshold": float(self.thresholds.amin()),
            "best_f1": best_f1,
            "best_threshold": float(best.amin()),
        }
