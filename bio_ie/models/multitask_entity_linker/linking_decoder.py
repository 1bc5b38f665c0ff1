"""Turns spans with labels, as tensors, into mentions with types and concepts."""

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Tuple

import torch

from bio_ie.data.concept_labels import label_concepts
from bio_ie.data.linking_task_names import LINKING, RECOGNITION, TYPING
from bio_ie.models.multitask_entity_linker.link_threshold import LinkThreshold
from bio_ie.models.multitask_entity_linker.tasks import TaskSpans
from bio_ie.modules.row_items import RowItems, row_lists
from bio_ie.text.document import Mention

UNTYPED = "Mention"
"""The type of a mention that no task gave one."""


def span_output(task: str, found: TaskSpans, types: Optional[torch.Tensor]) -> Dict[str, RowItems]:
    """Builds a model's output for one task: `<task>_spans` `[n, 4]`, with first word, last word,
    label and type (-1 for none), and `<task>_probabilities` `[n]`. `types` are `[n]`."""
    row, first, last = found.spans
    if types is None:
        types = torch.full_like(row, -1)
    items = torch.stack([first, last, found.label, types], dim=1)
    return {
        f"{task}_spans": RowItems(items, row),
        f"{task}_probabilities": RowItems(found.probability, row),
    }


class LinkingDecoder:
    """Copies the tensors of `span_output` to the host and turns them into mentions. Its methods
    take the output of a model. This has `metadata`, whose `word_spans` are the character offsets of
    the row's words, and whose `candidate_ids` are the concepts of labels beyond the classes.

    # Parameters

    tasks : `Sequence[str]`
        The tasks from low to high.
    types : `Sequence[str]`
        Their names, by index.
    concept_labels : `Sequence[str]`
        The labels of concepts by index; see `concept_label`.
    by_entity : `bool`
        Whether the higher tasks classify the mentions that mention recognition finds, so that
        mention recognition has nothing to add.
    threshold : `LinkThreshold`, optional
        For a model that links.
    """

    def __init__(
        self,
        tasks: Sequence[str],
        types: Sequence[str],
        concept_labels: Sequence[str],
        by_entity: bool,
        threshold: Optional[LinkThreshold],
    ) -> None:
        self._by_entity = by_entity
        self._threshold = threshold
        self._tasks = list(tasks)
        self._types = list(types)
        self._concepts = [label_concepts(label) for label in concept_labels]

    def mentions(self, output: Mapping[str, Any]) -> Dict[str, List[List[Mention]]]:
        """The mentions that each task found, for its scores; all links, however probable."""
        return {task: list(self._mentions(task, output)) for task in self._tasks}

    def annotations(self, output: Mapping[str, Any]) -> Dict[str, List[Any]]:
        """Merges the mentions of all tasks into one list for each row, `mentions`.

        Mentions of higher tasks come first; those of lower tasks are added where they share no
        word with the mentions before. If the model classifies mentions, a mention whose link is not
        probable enough is kept without a concept. If it classifies words, linking drops it."""
        found = self.mentions(output)
        unlinked: List[List[Mention]] = []
        if self._threshold is not None:
            found[LINKING], unlinked = self._threshold.split(found[LINKING])
        if self._by_entity:
            found.pop(RECOGNITION, None)
        from_high_to_low = list(reversed(found.values()))
        if unlinked and self._by_entity:
            without = [[replace(m, concept_ids=(), score=None) for m in row] for row in unlinked]
            from_high_to_low.append(without)
        rows = zip(*from_high_to_low, strict=True)
        return {"mentions": [_together(tasks) for tasks in rows]}

    def _concept_ids(self, label: int, metadata: Mapping[str, Any]) -> Tuple[str, ...]:
        if label < len(self._concepts):
            return self._concepts[label]
        return (metadata["candidate_ids"][label - len(self._concepts)],)

    def _mentions(self, task: str, output: Mapping[str, Any]) -> Iterator[List[Mention]]:
        for metadata, spans, scores in zip(
            output["metadata"],
            row_lists(output[f"{task}_spans"]),
            row_lists(output[f"{task}_probabilities"]),
            strict=True,
        ):
            words = metadata["word_spans"]
            row = []
            for (first, last, label, type_), score in zip(spans, scores, strict=True):
                if task == TYPING:
                    type_ = label
                row.append(
                    Mention(
                        "",
                        words[first][0],
                        words[last][1],
                        self._types[type_] if type_ >= 0 else UNTYPED,
                        self._concept_ids(label, metadata) if task == LINKING else (),
                        score=score,
                    )
                )
            yield row


def _together(tasks: Tuple[List[Mention], ...]) -> List[Mention]:
    """Merges the mentions of several tasks, from high to low, into one list in text order."""
    kept: List[Mention] = []
    taken: Set[int] = set()
    for mentions in tasks:
        # The mentions of one task share no word with each other.
        new = [m for m in mentions if taken.isdisjoint(range(m.start, m.end))]
        taken.update(position for m in new for position in range(m.start, m.end))
        kept += new
    kept.sort(key=lambda mention: mention.span)
    return [
        Mention(f"T{number}", m.start, m.end, m.type, m.concept_ids, score=m.score)
        for number, m in enumerate(kept, 1)
    ]
