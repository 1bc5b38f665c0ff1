"""The scores of KECI: of its initial and final graphs, of pruning and of knowledge fusion."""

import re
from collections import Counter
from typing import Any, Dict, Optional, Sequence, Tuple

from bio_ie.data.items import Items, document_of_items
from bio_ie.metrics.biorelex_f1 import BioRelExF1, is_biorelex
from bio_ie.metrics.graph_scores import GraphScores, overall
from bio_ie.metrics.over_processes import over_processes


class SpanGraphScores:
    """The scores of KECI:

    * `GraphScores` of the predicted graph and, if the model has one, of the initial graph;
    * the official score, if the gold documents have what it needs (`BioRelExF1`);
    * the share of gold mentions whose spans were kept;
    * the mean weight of the candidate concepts of each semantic type (KECI, Table 5).

    # Parameters

    with_initial : `bool`
        Whether the model has an initial graph.
    """

    def __init__(self, with_initial: bool) -> None:
        self._predicted = GraphScores()
        self._initial = GraphScores() if with_initial else None
        self._official = BioRelExF1()
        self._counts: Counter[str] = Counter()
        self._weights: Counter[str] = Counter()
        self._links: Counter[str] = Counter()

    def __call__(
        self,
        metadata: Sequence[Dict[str, Any]],
        predicted: Sequence[Items],
        initial: Optional[Sequence[Items]],
        explanations: Sequence[Sequence[Tuple[Any, ...]]],
    ) -> None:
        """
        # Parameters

        metadata : `Sequence[Dict[str, Any]]`
            The metadata of each text; see `SpanGraphReader`.
        predicted, initial : `Sequence[Items]`
            The items of the predicted and of the initial graph of each text, with character
            offsets.
        explanations : `Sequence[Sequence[Tuple]]`
            The kept spans of each text; see `explained_spans`.
        """
        self._predicted(predicted, metadata)
        if self._initial is not None and initial is not None:
            self._initial(initial, metadata)
        for text, items, kept in zip(metadata, predicted, explanations, strict=True):
            if not text["is_padding"]:
                self._add(text, items, kept)

    def _add(self, text: Dict[str, Any], items: Items, kept: Sequence[Tuple[Any, ...]]) -> None:
        words = text["word_spans"]
        kept_spans = {(words[first][0], words[last][1]) for first, last, *_ in kept}
        gold_spans = {(start, end) for start, end, _ in text["gold_entities"]}
        self._counts["gold"] += len(gold_spans)
        self._counts["kept"] += len(gold_spans & kept_spans)
        document = text.get("document")
        if document is not None and is_biorelex(document):
            self._official([document_of_items(document, *items)], [document])
            self._counts["official"] += 1
        for *_, candidates in kept:
            for node, weight in candidates:
                for type_ in text["concepts"][node]["semantic_types"]:
                    self._weights[type_] += weight
                    self._links[type_] += 1

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """All scores on reset. Otherwise only the main ones, which the progress bar shows."""
        result = self._predicted.get_metric(reset)
        if self._initial is not None:
            initial = self._initial.get_metric(reset)
            result.update({f"initial_{name}": value for name, value in initial.items()})
        result["overall"] = overall(result)
        counts = over_processes(self._counts)
        result["pruning_recall"] = counts["kept"] / max(counts["gold"], 1)
        if reset:
            official = self._official.get_metric(reset)
            if counts["official"]:
                result.update({f"official_{name}": value for name, value in official.items()})
            result.update(self._attention())
            for counter in (self._counts, self._weights, self._links):
                counter.clear()
        return result

    def _attention(self) -> Dict[str, float]:
        """The mean weights of semantic types, with names that TensorBoard allows. If the names of
        two types become equal, an underscore is added to one of them."""
        weights, links = over_processes(self._weights), over_processes(self._links)
        result: Dict[str, float] = {}
        for type_ in sorted(links):
            name = "attention/" + re.sub(r"[^-/\w.]", "_", type_)
            while name in result:
                name += "_"
            result[name] = weights[type_] / links[type_]
        return result
