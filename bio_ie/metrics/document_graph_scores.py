"""The scores of facts and links of documents."""

from typing import Any, Dict, List, Sequence, Set

import torch

from bio_ie.data.concept_items import LinkItem, of_concepts
from bio_ie.metrics.document_linking_f1 import DocumentLinkingF1
from bio_ie.metrics.item_f1 import named_scores
from bio_ie.metrics.thresholds import Thresholds
from bio_ie.text.document import Mention


class DocumentGraphScores:
    """Scores facts (`Thresholds`) and the concepts that documents name (`DocumentLinkingF1`): all
    concepts, those that training had among its candidates, and the others.

    # Parameters

    facts : `Thresholds`
        Of each relation.
    seen : `Set[str]`
        The ids of the concepts that training had among its candidates.
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
        """Possible facts of documents that are no padding, no fact twice; in any parts.

        # Parameters

        relation, probability, is_gold : `torch.Tensor`
            `[n]`
        """
        self._facts.count(probability, relation, is_gold, [])

    def add_gold_facts(self, metadata: Sequence[Dict[str, Any]]) -> None:
        """All gold facts of documents, those that cannot be predicted too.

        # Parameters

        metadata : `Sequence[Dict[str, Any]]`
            Of each document, see `DocumentGraphReader`.
        """
        real = [row for row in metadata if not row["is_padding"]]
        nothing = torch.zeros(0)
        gold = [fact.type for row in real for fact in row["gold_facts"]]
        self._facts.count(nothing, nothing.long(), nothing.bool(), gold)

    def add_links(
        self, mentions: Sequence[Sequence[Mention]], metadata: Sequence[Dict[str, Any]]
    ) -> None:
        """
        # Parameters

        mentions : `Sequence[Sequence[Mention]]`
            Of each document, with the concepts that they were found to name.
        metadata : `Sequence[Dict[str, Any]]`
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
            f1(of_concepts(found, self._seen, seen), of_concepts(gold, self._seen, seen), real)

    def get_metric(self, reset: bool) -> Dict[str, float]:
        """All scores on reset, the main ones before. `overall` is the F1 of facts with the best
        thresholds."""
        scores = {
            "fact": self._facts.get_metric(reset),
            "linking": self._linking.get_metric(reset),
            **{name: f1.get_metric(reset) for name, f1 in self._linking_of.items()},
        }
        result: Dict[str, float] = {"overall": scores["fact"]["best_f1"]}
        for name, values in scores.items():
            result.update(named_scores(name, values, everything=reset))
        return result
