"""The official score of BioRelEx."""

from collections import Counter
from itertools import product
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from bio_ie.metrics.match_counts import Score
from bio_ie.metrics.over_processes import over_processes
from bio_ie.text.document import Document, DocumentError

NamePair = Tuple[str, str]
"""Two names in sorted order, because binding has no direction."""


class BioRelExF1:
    """Scores mentions and interactions as the corpus's own scorer does (Khachatrian et al., 2019).

    * Mentions are compared as the set of (name, start, end) of a sentence, without types.
    * An interaction joins two clusters of names. Take every pair of a name of the one cluster and a
      name of the other cluster that the sentence mentions. The interaction is right if, for each
      such pair, a relation between two mentions with these names is predicted. Otherwise it is
      missed. An interaction that is listed twice counts twice. An interaction whose clusters have
      no mentioned name is always right. Inconclusive (0) and negative (-1) interactions are gold
      like the others.
    * A false positive is a predicted pair of names that belongs to no interaction of its sentence,
      whatever the type of the predicted relation. So precision and recall count different things,
      and right and wrong pairs do not add up to the number of predictions.

    It has the methods of AllenNLP's `Metric` (see `ItemF1`).
    """

    supports_distributed = True

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def __call__(
        self,
        predicted: Sequence[Document],
        gold: Sequence[Document],
        mask: Optional[Sequence[bool]] = None,
    ) -> None:
        """
        # Parameters

        predicted : `Sequence[Document]`
            Sentences with predicted mentions and relations.
        gold : `Sequence[Document]`
            The same sentences as the format `biorelex` reads them. The `clusters` and
            `interactions` of their metadata are the gold.
        mask : `Sequence[bool]`, optional
            Which sentences to count. `False` marks the copies that pad a distributed round.

        Raises `DocumentError` for a gold sentence without clusters and interactions.
        """
        if mask is None:
            mask = [True] * len(gold)
        for ours, theirs, is_real in zip(predicted, gold, mask, strict=True):
            if is_real:
                self._add(ours, theirs)

    def _add(self, predicted: Document, gold: Document) -> None:
        names = _cluster_names(gold)
        predicted_spans = {mention.span for mention in predicted.mentions}
        gold_spans = {
            mention.span
            for mention in gold.mentions
            if gold.text_of(mention) in names.get(mention.entity_id or "", ())
        }
        self._counts["mention_correct"] += len(predicted_spans & gold_spans)
        self._counts["mention_predicted"] += len(predicted_spans)
        self._counts["mention_gold"] += len(gold_spans)

        predicted_pairs = _predicted_pairs(predicted)
        explained: Set[NamePair] = set()
        for interaction in (gold.metadata or {})["interactions"]:
            first, second = (names[cluster] for cluster in interaction["participants"])
            pairs = {_sorted(a, b) for a, b in product(first, second)}
            explained |= pairs
            self._counts["correct"] += pairs <= predicted_pairs
            self._counts["gold"] += 1
        self._counts["wrong"] += len(predicted_pairs - explained)

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """
        # Returns

        `Dict[str, float]`
            `precision`, `recall` and `f1` of interactions, with the counts `correct`, `wrong` and
            `gold`; the ratios of mentions as `mention_precision`, `mention_recall`, `mention_f1`.
        """
        counts = over_processes(self._counts)
        interactions, mentions = _scores(counts)
        result = {
            "precision": interactions.precision,
            "recall": interactions.recall,
            "f1": interactions.f1,
            "mention_precision": mentions.precision,
            "mention_recall": mentions.recall,
            "mention_f1": mentions.f1,
        }
        result.update({name: float(counts[name]) for name in ("correct", "wrong", "gold")})
        if reset:
            self.reset()
        return result

    def scores(self) -> Dict[str, Score]:
        """The counts of `interactions` and of `mentions` in this process."""
        return dict(zip(("interactions", "mentions"), _scores(self._counts), strict=True))

    def reset(self) -> None:
        self._counts.clear()


def _scores(counts: Mapping[str, int]) -> Tuple[Score, Score]:
    # Precision divides by the `predicted` of `Score`: here right interactions plus wrong pairs.
    correct, wrong = counts.get("correct", 0), counts.get("wrong", 0)
    interactions = Score(correct, correct + wrong, counts.get("gold", 0))
    names = ("correct", "predicted", "gold")
    return interactions, Score(*(counts.get(f"mention_{name}", 0) for name in names))


def is_biorelex(document: Document) -> bool:
    """Whether the document has the clusters and interactions that this score needs."""
    return {"clusters", "interactions"} <= (document.metadata or {}).keys()


def _cluster_names(gold: Document) -> Dict[str, List[str]]:
    """The mentioned names of each cluster."""
    if not is_biorelex(gold):
        raise DocumentError(
            gold.id, "no clusters and interactions, which the official score of BioRelEx needs"
        )
    clusters: List[Mapping[str, Any]] = (gold.metadata or {})["clusters"]
    return {
        cluster["id"]: [name for name, is_mentioned in cluster["names"].items() if is_mentioned]
        for cluster in clusters
    }


def _predicted_pairs(predicted: Document) -> Set[NamePair]:
    names = {mention.id: predicted.text_of(mention) for mention in predicted.mentions}
    return {_sorted(names[relation.head], names[relation.tail]) for relation in predicted.relations}


def _sorted(first: str, second: str) -> NamePair:
    return (first, second) if first <= second else (second, first)
