"""The scores of facts and links of documents."""

from typing import Any, Dict, List, Sequence, Set

import torch

from bio_ie.data.concept_items import LinkItem, items_by_concept
from bio_ie.metrics.document_linking_f1 import DocumentLinkingF1
from bio_ie.metrics.item_f1 import named_scores
from bio_ie.metrics.thresholds import Thresholds
from bio_ie.text.document import Mention


class DocumentGraphScores:
    """Scores facts (`Thresholds`) and the concepts that documents name (`DocumentLinkingF1`).
    Concepts are scored three times: all of them, those that were among the candidates in training,
    and the others.

    # Parameters

    facts : `Thresholds`
        The thresholds of the relations.
    seen : `Set[str]`
        The ids of the concepts that were among the candidates in training.
    """

    def __init__(self, facts: Thresholds, seen: Set[str]) -> None:
        self._seen = seen
        self._facts = facts
        self._linking = DocumentLinkingF1()
        self._linking_of = {
            "linking_seen": DocumentLinkingF1(per_type=False),
            "linking_unseen": DocumentLinkingF1(per_type=False),
        }

    def add_facts(
        self, relation: torch.Tensor, probability: torch.Tensor, is_gold: torch.Tensor
    ) -> None:
        """Adds possible facts of documents that are not padding. No fact may be added twice. The
        facts may be added in any number of calls.

        # Parameters

        relation, probability, is_gold : `torch.Tensor`
            `[n]`
        """
        self._facts.count(probability, relation, is_gold, [])

    def add_gold_facts(self, metadata: Sequence[Dict[str, Any]]) -> None:
        """Adds all gold facts of documents, including those that cannot be predicted.

        # Parameters

        metadata : `Sequence[Dict[str, Any]]`
            The metadata of each document; see `DocumentGraphReader`.
        """
        real = [row for row in metadata if not row["is_padding"]]
        nothing = torch.zeros(0)
        gold = [fact.type for row in real for fact in row["gold_facts"]]
        self._facts.count(nothing, nothing.long(), nothing.bool(), gold)

    def add_links(
        self, mentions: Sequence[Sequence[Mention]], metadata: Sequence[Dict[str, Any]]
    ) -> None:
        """Adds the predicted links of documents.

        # Parameters

        mentions : `Sequence[Sequence[Mention]]`
            The mentions of each document, with the concepts that they are predicted to name.
        metadata : `Sequence[Dict[str, Any]]`
            The metadata of each document.
        """
        found = [
            [LinkItem(concept, mention.type) for mention in row for concept in mention.concept_ids]
            for row in mentions
        ]
        gold: List[List[LinkItem]] = [row["gold_links"] for row in metadata]
        real = [not row["is_padding"] for row in metadata]
        self._linking(found, gold, real)
        for name, f1 in self._linking_of.items():
            seen = name == "linking_seen"
            f1(
                items_by_concept(found, self._seen, seen),
                items_by_concept(gold, self._seen, seen),
                real,
            )

    def get_metric(self, reset: bool) -> Dict[str, float]:
        """All scores on reset, otherwise only the main ones. `overall` is the F1 of facts with the
        best thresholds."""
        scores = {
            "fact": self._facts.get_metric(reset),
            "linking": self._linking.get_metric(reset),
            **{name: f1.get_metric(reset) for name, f1 in self._linking_of.items()},
        }
        result: Dict[str, float] = {"overall": scores["fact"]["best_f1"]}
        for name, values in scores.items():
            result.update(named_scores(name, values, everything=reset))
        return result
