"""The scores of the three tasks of end-to-end entity linking: recognising, typing and linking."""

from typing import Any, Dict, List, Mapping, Sequence, Set, Union

from bio_ie.data.concept_items import MentionLink, items_by_concept, linking_items
from bio_ie.data.items import EntityItem
from bio_ie.data.linking_task_names import LINKING, RECOGNITION, TYPING
from bio_ie.metrics.entity_f1 import EntityF1
from bio_ie.metrics.mention_linking_f1 import MentionLinkingF1
from bio_ie.text.document import Mention


class LinkingScores:
    """Precision, recall and F1 of mentions for each task (Mohan and Li 2019). A mention is right if
    its document, its start, its end and what the task predicts for it are right.

    Links are scored by type too, if the model predicts types. They are also scored separately for
    concepts that training has seen and for the others. The others can only be predicted by a model
    that scores candidates.

    # Parameters

    tasks : `Sequence[str]`
        The tasks of the model, from `TASKS`.
    seen : `Set[str]`
        The ids of the concepts in the training data.
    """

    def __init__(self, tasks: Sequence[str], seen: Set[str]) -> None:
        self._tasks = list(tasks)
        self._seen = seen
        self._entities = {
            RECOGNITION: EntityF1(per_type=False),
            TYPING: EntityF1(),
        }
        self._links = {
            LINKING: MentionLinkingF1(per_type=TYPING in tasks),
            f"{LINKING}_seen": MentionLinkingF1(per_type=False),
            f"{LINKING}_unseen": MentionLinkingF1(per_type=False),
        }

    def __call__(
        self,
        metadata: Sequence[Mapping[str, Any]],
        predicted: Mapping[str, Sequence[Sequence[Mention]]],
    ) -> None:
        """
        # Parameters

        metadata : `Sequence[Mapping[str, Any]]`
            The metadata of each sentence; see `EntityLinkingReader`.
        predicted : `Mapping[str, Sequence[Sequence[Mention]]]`
            For each task, the mentions that it found in each sentence. The types of the mentions
            count for entity typing, and the concepts for entity linking.
        """
        real = [not row["is_padding"] for row in metadata]
        entities: List[List[EntityItem]] = [row["gold_entities"] for row in metadata]
        for task, metric in self._entities.items():
            if task in predicted:
                found = [[(m.start, m.end, m.type) for m in row] for row in predicted[task]]
                if task == TYPING:
                    metric(found, entities, real)
                else:
                    metric(_untyped(found), _untyped(entities), real)
        if LINKING in predicted:
            links = [linking_items(row) for row in predicted[LINKING]]
            gold: List[List[MentionLink]] = [row["gold_links"] for row in metadata]
            for name, linking in self._links.items():
                linking(self._part(links, name), self._part(gold, name), real)

    def _part(self, rows: List[List[MentionLink]], name: str) -> List[List[MentionLink]]:
        if name == LINKING:
            return rows
        return items_by_concept(rows, self._seen, inside=not name.endswith("unseen"))

    def get_metric(self, reset: bool) -> Dict[str, float]:
        """All scores on reset, otherwise only the main ones. `overall` is the F1 of the highest
        task."""
        result: Dict[str, float] = {}
        metrics: Dict[str, Union[EntityF1, MentionLinkingF1]] = {**self._entities, **self._links}
        for name, metric in metrics.items():
            if not any(name.startswith(task) for task in self._tasks):
                continue
            scores = metric.get_metric(reset)
            for key, value in scores.items():
                is_main = key in ("precision", "recall", "f1") and name in self._tasks
                # Left out are scores that say nothing new or nothing at all: mentions without
                # types are compared by their boundaries in any case, and `typed` scores of links
                # mean nothing if the model predicts no types.
                is_meaningful = not (
                    (name == RECOGNITION and key.startswith(("boundary_", "macro_")))
                    or (key.startswith("typed_") and TYPING not in self._tasks)
                )
                if is_main or (reset and is_meaningful):
                    result[f"{name}_{key}"] = value
        result["overall"] = result[f"{self._tasks[-1]}_f1"]
        return result


def _untyped(rows: Sequence[Sequence[EntityItem]]) -> List[List[EntityItem]]:
    return [[(start, end, "") for start, end, _ in row] for row in rows]
