"""Several tasks whose labels are labels of mentions."""

from typing import Dict, Mapping, NamedTuple, Optional, Tuple, cast

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.data.fields.span_candidates_field import CandidateTensors
from bio_ie.data.linking_task_names import TYPING
from bio_ie.models.multitask_entity_linker.tasks.span_classifier import SpanClassifier
from bio_ie.models.multitask_entity_linker.tasks.task_spans import TaskSpans
from bio_ie.modules.text_spans import SpanTable, TextSpans


class MatchedSpans(NamedTuple):
    """`S` spans to learn from."""

    spans: TextSpans
    gold: torch.Tensor
    """`[S]`, which of the gold spans each is; -1 if it is no mention."""


class SpanTasks(torch.nn.Module):
    """Classifies spans for several tasks.

    # Parameters

    classifiers : `Mapping[str, SpanClassifier]`
        By task.
    nil : `int`
        By task, the index of Nil.
    """

    def __init__(self, classifiers: Mapping[str, SpanClassifier], nil: Mapping[str, int]) -> None:
        super().__init__()
        self.tasks = list(classifiers)
        self.classifiers = torch.nn.ModuleDict(classifiers)
        self._nil = dict(nil)

    def classifier(self, task: str) -> SpanClassifier:
        return cast(SpanClassifier, self.classifiers[task])

    def losses(
        self,
        vectors: Mapping[str, torch.Tensor],
        matched: MatchedSpans,
        gold: Mapping[str, Optional[torch.Tensor]],
        candidates: Optional[CandidateTensors] = None,
    ) -> Dict[str, torch.Tensor]:
        """Of each task that has `vectors` `[B, S, width]`. Spans that are no mention are Nil.

        # Parameters

        vectors : `Mapping[str, torch.Tensor]`
        matched : `MatchedSpans`
        gold : `Mapping[str, Optional[torch.Tensor]]`
            By task, the labels of the gold spans, flat; negative where they are not known.
        candidates : `CandidateTensors`, optional
            See `SpanCandidatesField`.
        """
        losses = {}
        for task in self.tasks:
            if task not in vectors:
                continue
            known = gold[task]
            if known is None:
                raise ConfigurationError(f"the instances have spans, but no labels for {task}")
            # One more, for there may be no gold span at all.
            labels = torch.nn.functional.pad(known, (0, 1))[matched.gold]
            labels = torch.where(matched.gold < 0, self._nil[task], labels)
            losses[task] = self.classifier(task).loss(
                vectors[task], matched.spans, labels, candidates
            )
        return losses

    @torch.no_grad()
    def forward(
        self,
        vectors: Mapping[str, torch.Tensor],
        judged: TaskSpans,
        candidates: Optional[CandidateTensors] = None,
    ) -> Tuple[Dict[str, TaskSpans], Optional[torch.Tensor]]:
        """The spans that are no Nil to each task, their probabilities multiplied with those of
        `judged`; and the types of those that the highest task kept, `[n]`, -1 for none (`None`
        without entity typing). No gradient."""
        found: Dict[str, TaskSpans] = {}
        all_types = types = None
        for task in self.tasks:
            one = self.classifier(task)(vectors[task], judged.spans, candidates)
            is_kept = one.label != self._nil[task]
            if task == TYPING:
                all_types = torch.where(is_kept, one.label, -1)
            kept = is_kept.nonzero().squeeze(1)
            found[task] = one._replace(probability=one.probability * judged.probability).select(
                kept
            )
            types = None if all_types is None else all_types[kept]
        return found, types


def flat_spans(spans: torch.Tensor) -> TextSpans:
    """Of `[B, G, 2]`, -1 being padding."""
    row, place = (spans[:, :, 0] >= 0).nonzero(as_tuple=True)
    first, last = spans[row, place].unbind(1)
    return TextSpans(row, first, last)


def certain(spans: TextSpans, like: torch.Tensor) -> TaskSpans:
    """Spans that are given, with probability 1, a number of the kind of `like`."""
    return TaskSpans(spans, torch.zeros_like(spans.row), like.new_ones(len(spans.row)))


def match_spans(
    gold: TextSpans, found: Optional[TextSpans], with_gold: bool, mask: torch.Tensor
) -> MatchedSpans:
    """The gold spans if none are found; else those that are found, and the gold ones too if
    `with_gold`. `mask` is `[B, S]`."""
    gold_index = torch.arange(len(gold.row), device=mask.device)
    if found is None:
        return MatchedSpans(gold, gold_index)
    num_rows, num_words = mask.shape
    table = SpanTable(gold, num_rows, num_words, max_span_width=num_words)
    index = table.at_words(*found)
    if not with_gold:
        return MatchedSpans(found, index)
    is_wrong = (index < 0).nonzero().squeeze(1)
    both = [torch.cat(parts) for parts in zip(gold, found.select(is_wrong), strict=True)]
    return MatchedSpans(TextSpans(*both), torch.cat([gold_index, index[is_wrong]]))
