"""Several tasks that label words."""

from typing import Dict, Mapping, Optional, cast

import torch

from bio_ie.data.linking_task_names import RECOGNITION, TYPING
from bio_ie.models.multitask_entity_linker.tasks.task_spans import (
    TaskSpans,
    WordLabels,
    labelled_runs,
    voted_labels,
)
from bio_ie.models.multitask_entity_linker.tasks.word_labeller import WordLabeller
from bio_ie.modules.text_spans import TextSpans


class WordTasks(torch.nn.Module):
    """Labels words for several tasks, and turns the labels into mentions.

    # Parameters

    labellers : `Mapping[str, WordLabeller]`
        The labellers by task.
    own_boundaries : `bool`, optional (default = `True`)
        Whether the mentions of each task are runs of its labels. If not, they are the mentions of
        mention recognition, each with the label that most of its words have.
    """

    def __init__(self, labellers: Mapping[str, WordLabeller], own_boundaries: bool = True) -> None:
        super().__init__()
        self.tasks = list(labellers)
        self.labellers = torch.nn.ModuleDict(labellers)
        self._own_boundaries = own_boundaries

    def labeller(self, task: str) -> WordLabeller:
        return cast(WordLabeller, self.labellers[task])

    def losses(
        self,
        vectors: Mapping[str, torch.Tensor],
        mask: torch.Tensor,
        labels: Mapping[str, Optional[torch.Tensor]],
    ) -> Dict[str, torch.Tensor]:
        """The loss of each task that has `vectors` `[B, S, width]` and `labels` `[B, S]`."""
        return {
            task: self.labeller(task).loss(vectors[task], mask, given)
            for task, given in labels.items()
            if given is not None and task in self.tasks and task in vectors
        }

    def forward(
        self, vectors: Mapping[str, torch.Tensor], mask: torch.Tensor
    ) -> Dict[str, WordLabels]:
        """The labels of all tasks; no gradient."""
        return {task: self.labeller(task)(vectors[task], mask) for task in self.tasks}

    def mentions(
        self, labelled: Mapping[str, WordLabels], mask: torch.Tensor
    ) -> Dict[str, TaskSpans]:
        """The mentions that each task finds. Labels are indices into the types of its scheme."""
        found: Dict[str, TaskSpans] = {}
        for task, words in labelled.items():
            scheme = self.labeller(task).scheme
            if self._own_boundaries or task == RECOGNITION:
                found[task] = labelled_runs(scheme, words, mask)
                continue
            voted = voted_labels(scheme, words, found[RECOGNITION].spans)
            found[task] = voted.select((voted.label >= 0).nonzero().squeeze(1))
        return found

    def types(self, labelled: Mapping[str, WordLabels], spans: TextSpans) -> Optional[torch.Tensor]:
        """The types of spans that another task found, `[n]`, -1 for none; `None` without entity
        typing."""
        if TYPING not in labelled:
            return None
        return voted_labels(self.labeller(TYPING).scheme, labelled[TYPING], spans).label
