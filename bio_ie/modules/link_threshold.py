"""Links that are made from a probability on."""

from typing import Dict, List, Optional, Sequence, Tuple

import torch

from bio_ie.data.concept_items import MentionLink, linking_items
from bio_ie.metrics.fact_f1 import FactF1, at_least
from bio_ie.text.document import Mention

_Place = Tuple[int, int, str]


class LinkThreshold(torch.nn.Module):
    """The probability that a link needs. The models of the multi-task linking paper link every
    mention: one of a concept that training has not seen gets some other concept, with a low
    probability. The threshold is kept in the archive, 0 at first, and found by the callback
    `best_thresholds`.
    """

    threshold: torch.Tensor
    """`[1]`"""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("threshold", torch.zeros(1))
        self._scores = FactF1(["link"])
        self._best: Optional[torch.Tensor] = None

    def split(
        self, rows: Sequence[Sequence[Mention]]
    ) -> Tuple[List[List[Mention]], List[List[Mention]]]:
        """Of each row, a model's mentions whose links are probable enough, and the others."""
        threshold = self.threshold.cpu()
        sure: List[List[Mention]] = []
        unsure: List[List[Mention]] = []
        for row in rows:
            enough = at_least(torch.tensor([mention.score for mention in row]), threshold).tolist()
            sure.append([mention for mention, is_sure in zip(row, enough, strict=True) if is_sure])
            unsure.append([m for m, is_sure in zip(row, enough, strict=True) if not is_sure])
        return sure, unsure

    def count(
        self,
        predicted: Sequence[Sequence[Mention]],
        gold: Sequence[Sequence[MentionLink]],
        mask: Sequence[bool],
    ) -> None:
        """Adds rows to the scores: all mentions with a link, however probable, and the right
        links. Rows that `mask` has not are left out."""
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
        self._scores(
            torch.zeros(len(scores), dtype=torch.long),
            torch.tensor(scores),
            torch.tensor(is_right, dtype=torch.bool),
            ["link"] * num_gold,
        )

    def best_threshold(self) -> Optional[torch.Tensor]:
        """`[1]`, that of the highest F1 on the rows whose scores were last reset; `None` before
        there were any."""
        return self._best

    def set_threshold(self, threshold: torch.Tensor) -> None:
        self.threshold.copy_(threshold)

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """`threshold`, that of the model; `best_threshold` and `best_f1`, with the one that is best
        on these rows; and `every_precision`, `every_recall` and `every_f1` of all links, however
        probable. On reset the best threshold is kept (`best_threshold`)."""
        best = self._scores.best_thresholds()
        if reset:
            self._best = best
        best_f1 = self._scores.get_metric(thresholds=best)["f1"]
        every = self._scores.get_metric(reset, torch.zeros(1))
        return {
            "threshold": float(self.threshold),
            "best_threshold": float(best),
            "best_f1": best_f1,
            **{f"every_{name}": every[name] for name in ("precision", "recall", "f1")},
        }


def _place(link: MentionLink) -> _Place:
    return link.start, link.end, link.concept_id
