"""Scores of items with probabilities, counted for every threshold at once."""

from typing import Dict, List, Optional, Sequence

import torch
from allennlp.nn.util import dist_reduce_sum
from allennlp.training.metrics import Metric

from bio_ie.metrics.match_counts import Score

NUM_BINS = 1000
"""Thresholds are multiples of 1 / NUM_BINS."""


def at_least(probabilities: torch.Tensor, thresholds: torch.Tensor) -> torch.Tensor:
    """Whether probabilities reach thresholds, with exactly the rounding that the scores use."""
    return _bins(probabilities) >= (thresholds * NUM_BINS).round().long()


def _bins(probabilities: torch.Tensor) -> torch.Tensor:
    # In single precision, 0.041 is a little less than 0.041. It must still reach that threshold.
    return (probabilities.double() * NUM_BINS + 1e-3).floor().long().clamp(0, NUM_BINS)


class ThresholdF1(Metric):
    """Precision, recall and F1 of items that have a label and a probability each, such as facts
    with their relations. Micro and macro. They are calculated with given thresholds, with one half,
    and with the thresholds that are best on the same items.

    The counts are histograms of integers. So a score does not depend on batches or their order, and
    the best thresholds are exact to 1 / 1000.

    # Parameters

    labels : `Sequence[str]`
        All labels, by index.
    """

    supports_distributed = True

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = list(labels)
        shape = (len(self.labels), NUM_BINS + 1)
        self._correct = torch.zeros(shape, dtype=torch.long)
        self._predicted = torch.zeros(shape, dtype=torch.long)
        self._gold = torch.zeros(len(self.labels) + 1, dtype=torch.long)

    def __call__(  # type: ignore[override]
        self,
        label: torch.Tensor,
        probability: torch.Tensor,
        is_right: torch.Tensor,
        gold: Sequence[str],
    ) -> None:
        """
        # Parameters

        label, probability, is_right : `torch.Tensor`
            `[n]`. The label and the probability of each possible item, and whether it is right. No
            item may come twice. An item that is left out counts like one with a probability of 0.
        gold : `Sequence[str]`
            The label of each gold item, including the items that cannot be predicted.
        """
        size = self._predicted.numel()
        place = (label * (NUM_BINS + 1) + _bins(probability)).cpu()
        self._predicted += place.bincount(minlength=size).view_as(self._predicted)
        place = place[is_right.cpu()]
        self._correct += place.bincount(minlength=size).view_as(self._correct)
        index = {name: number for number, name in enumerate(self.labels)}
        for name in gold:
            self._gold[index.get(name, len(self.labels))] += 1

    def best_thresholds(self, shared: bool = False) -> torch.Tensor:
        """The threshold with the highest F1 of each label, `[R]`, in single precision. If `shared`,
        all labels have the threshold with the highest micro F1. A label without gold items gets one
        half. If several thresholds are equally good, the highest is taken."""
        correct, predicted, gold = self._at_every_threshold()
        if shared:
            correct, predicted = correct.sum(0, keepdim=True), predicted.sum(0, keepdim=True)
            gold = gold.sum().view(1)
        # With a threshold of 0 every possible item would be predicted.
        f1 = 2 * correct.double() / (predicted + gold[: len(correct)].unsqueeze(1)).clamp(min=1)
        best = NUM_BINS - f1[:, 1:].flip(1).argmax(1)
        best = torch.where(f1[:, 1:].amax(1) > 0, best, NUM_BINS // 2)
        return (best.float() / NUM_BINS).expand(len(self.labels)).clone()

    def get_metric(
        self, reset: bool = False, thresholds: Optional[torch.Tensor] = None
    ) -> Dict[str, float]:
        """
        # Parameters

        reset : `bool`
        thresholds : `torch.Tensor`, optional
            `[R]`; by default one half.

        # Returns

        `Dict[str, float]`
            `precision`, `recall`, `f1`, `correct`, `predicted`, `gold`, `macro_f1` and
            `f1/<label>` with `thresholds`; `half_f1`, with one half; and `best_f1`, with the best
            threshold of each label.
        """
        half = torch.full((len(self.labels),), 0.5)
        counts = self._at_every_threshold()
        scores = _scores(counts, half if thresholds is None else thresholds.cpu())
        micro, by_label = scores[-1], scores[:-1]
        result = {
            name: float(getattr(micro, name))
            for name in ("precision", "recall", "f1", "correct", "predicted", "gold")
        }
        result["half_f1"] = _scores(counts, half)[-1].f1
        result["best_f1"] = _scores(counts, self.best_thresholds())[-1].f1
        result["macro_f1"] = sum(score.f1 for score in by_label) / max(len(by_label), 1)
        for name, score in zip(self.labels, by_label, strict=True):
            result[f"f1/{name}"] = score.f1
        if reset:
            self.reset()
        return result

    def _at_every_threshold(self) -> List[torch.Tensor]:
        """The numbers of correct and of predicted items, `[R, NUM_BINS + 1]` each, and of gold
        items, `[R + 1]`, over all processes."""
        correct, predicted, gold = (
            dist_reduce_sum(counts) for counts in (self._correct, self._predicted, self._gold)
        )
        return [part.flip(1).cumsum(1).flip(1) for part in (correct, predicted)] + [gold]

    def reset(self) -> None:
        for counts in (self._correct, self._predicted, self._gold):
            counts.zero_()


def _scores(counts: List[torch.Tensor], thresholds: torch.Tensor) -> List[Score]:
    """The scores of each label, and last the score of all labels together."""
    correct, predicted, gold = counts
    place = (thresholds * NUM_BINS).round().long().unsqueeze(1)
    right = correct.gather(1, place).squeeze(1).tolist()
    found = predicted.gather(1, place).squeeze(1).tolist()
    scores = [Score(*item) for item in zip(right, found, gold[:-1].tolist(), strict=True)]
    return [*scores, Score(sum(right), sum(found), int(gold.sum()))]
