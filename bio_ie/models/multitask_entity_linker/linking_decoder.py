"""From spans with labels, as tensors, to mentions with types and concepts."""

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
    """What a model puts out of a task: `<task>_spans` `[n, 4]`, which are first word, last word,
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
    """Brings the tensors of `span_output` to the host. Outputs are those of a model, with
    `metadata`, whose `word_spans` are the character offsets of the row's words, and whose
    `candidate_ids` are the concepts that labels beyond the classes mean.

    # Parameters

    tasks : `Sequence[str]`
        From low to high.
    types : `Sequence[str]`
        By index.
    concept_labels : `Sequence[str]`
        By index; see `concept_label`.
    by_entity : `bool`
        Whether the higher tasks judge the mentions of mention recognition, so that it has nothing
        to add.
    threshold : `LinkThreshold`, optional
        Of a model that links.
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
        """What each task found, for its scores; all links, however probable."""
        return {task: list(self._mentions(task, output)) for task in self._tasks}

    def annotations(self, output: Mapping[str, Any]) -> Dict[str, List[Any]]:
        """`mentions` of each row: those that were linked, and of the others that lower tasks found
        those that share no word with them. A mention whose link is not probable enough has no
        concept if linking was to judge mentions; of words it is none."""
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
    """Mentions of several tasks, from high to low, as one list in text order."""
    kept: List[Mention] = []
    taken: Set[int] = set()
    for mentions in tasks:
        # Those of one task share no word.
        new = [m for m in mentions if taken.isdisjoint(range(m.start, m.end))]
        taken.update(position for m in new for position in range(m.start, m.end))
        kept += new
    kept.sort(key=lambda mention: mention.span)
    return [
        Mention(f"T{number}", m.start, m.end, m.type, m.concept_ids, score=m.score)
        for number, m in enumerate(kept, 1)
    ]
