"""The probability that a link needs to be predicted."""

from typing import Dict, List, Optional, Sequence, Tuple

import torch

from bio_ie.data.concept_items import MentionLink, linking_items
from bio_ie.metrics.threshold_f1 import at_least
from bio_ie.metrics.thresholds import Thresholds, load_under_earlier_names
from bio_ie.text.document import Mention

_Place = Tuple[int, int, str]


class LinkThreshold(Thresholds):
    """The lowest probability of a link with which a mention is linked; 0 until the callback
    `best_thresholds` sets another one.

    The models of the multi-task linking paper link every mention. So a mention of a concept that
    training has not seen gets some other concept, with a low probability.
    """

    def __init__(self) -> None:
        super().__init__(["link"], initial=0.0)
        load_under_earlier_names(self, {"threshold": "thresholds"})

    def split(
        self, rows: Sequence[Sequence[Mention]]
    ) -> Tuple[List[List[Mention]], List[List[Mention]]]:
        """The mentions of each row whose links are probable enough, and the other mentions."""
        # All at once: each comparison on a GPU makes the host wait.
        scores = torch.tensor([mention.score for row in rows for mention in row])
        enough = iter(at_least(scores, self.thresholds.cpu()).tolist())
        sure: List[List[Mention]] = [[] for _ in rows]
        unsure: List[List[Mention]] = [[] for _ in rows]
        for number, row in enumerate(rows):
            for mention in row:
                (sure if next(enough) else unsure)[number].append(mention)
        return sure, unsure

    def count_links(
        self,
        predicted: Sequence[Sequence[Mention]],
        gold: Sequence[Sequence[MentionLink]],
        mask: Sequence[bool],
    ) -> None:
        """Adds rows to the scores.

        # Parameters

        predicted : `Sequence[Sequence[Mention]]`
            All mentions of each row that have a link, however probable the link is.
        gold : `Sequence[Sequence[MentionLink]]`
            The gold links of each row.
        mask : `Sequence[bool]`
            Rows whose `mask` is false are left out.
        """
        scores: List[Optional[float]] = []
        is_right: List[bool] = []
        num_gold = 0
        for mentions, links, is_real in zip(predicted, gold, mask, strict=True):
            if not is_real:
                continue
            right = {_place(link) for link in links}
            found = {
                _place(link): mention.score
                for mention in mentions
                for link in linking_items([mention])
            }
            num_gold += len(right)
            scores += found.values()
            is_right += [link in right for link in found]
        self.count(
            torch.tensor(scores),
            torch.zeros(len(scores), dtype=torch.long),
            torch.tensor(is_right, dtype=torch.bool),
            ["link"] * num_gold,
        )

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """
        # Returns

        `Dict[str, float]`
            `threshold`, the model's own; `best_threshold`, the threshold that is best on these
            rows, and `best_f1`, the F1 with it; and `every_precision`, `every_recall` and
            `every_f1` of all links, however probable they are.
        """
        best = self._scores.best_thresholds()
        best_f1 = self._scores.get_metric(thresholds=best)["f1"]
        every = self._scores.get_metric(thresholds=torch.zeros(1))
        if reset:
            self.reset()
        return {
            "threshold": float(self.thresholds),
            "best_threshold": float(best),
            "best_f1": best_f1,
            **{f"every_{name}": every[name] for name in ("precision", "recall", "f1")},
        }


def _place(link: MentionLink) -> _Place:
    return link.start, link.end, link.concept_id
