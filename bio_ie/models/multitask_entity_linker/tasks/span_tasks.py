"""Several tasks that label mentions."""

from typing import Dict, Mapping, NamedTuple, Optional, Tuple, cast

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.data.fields.span_candidates_field import CandidateTensors
from bio_ie.data.linking_task_names import TYPING
from bio_ie.models.multitask_entity_linker.tasks.span_classifier import SpanClassifier
from bio_ie.models.multitask_entity_linker.tasks.task_spans import TaskSpans
from bio_ie.modules.text_spans import SpanTable, TextSpans


class MatchedSpans(NamedTuple):
    """`S` spans to learn from, each matched with a gold span or with none."""

    spans: TextSpans
    gold: torch.Tensor
    """`[S]`, the index of the same gold span; -1 for a span that is no mention."""


class SpanTasks(torch.nn.Module):
    """Classifies spans for several tasks.

    # Parameters

    classifiers : `Mapping[str, SpanClassifier]`
        The classifiers by task.
    nil : `Mapping[str, int]`
        The index of Nil by task.
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
        """The loss of each task that has `vectors` `[B, S, width]`. Spans that are no mention are
        Nil.

        # Parameters

        vectors : `Mapping[str, torch.Tensor]`
        matched : `MatchedSpans`
        gold : `Mapping[str, Optional[torch.Tensor]]`
            The labels of the gold spans by task, flat; negative where they are not known.
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
            # One label more, since there may be no gold span at all.
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
        """Classifies the spans `judged`; no gradient.

        Returns the spans that each task keeps, that is, does not label Nil, with their
        probabilities multiplied with those of `judged`. Also returns the types of the spans that
        the highest task keeps, `[n]`, -1 for none (`None` without entity typing)."""
        found: Dict[str, TaskSpans] = {}
        all_types = types = None
        for task in self.tasks:
            labelled = self.classifier(task)(vectors[task], judged.spans, candidates)
            is_kept = labelled.label != self._nil[task]
            if task == TYPING:
                all_types = torch.where(is_kept, labelled.label, -1)
            kept = is_kept.nonzero().squeeze(1)
            probability = labelled.probability * judged.probability
            found[task] = labelled._replace(probability=probability).select(kept)
            types = None if all_types is None else all_types[kept]
        return found, types


def flat_spans(spans: torch.Tensor) -> TextSpans:
    """Flattens spans `[B, G, 2]`, whose padding is -1."""
    row, place = (spans[:, :, 0] >= 0).nonzero(as_tuple=True)
    first, last = spans[row, place].unbind(1)
    return TextSpans(row, first, last)


def certain(spans: TextSpans, like: torch.Tensor) -> TaskSpans:
    """Gives spans the probability 1, with the device and number type of `like`."""
    return TaskSpans(spans, torch.zeros_like(spans.row), like.new_ones(len(spans.row)))


def match_spans(
    gold: TextSpans, found: Optional[TextSpans], with_gold: bool, mask: torch.Tensor
) -> MatchedSpans:
    """Matches the found spans with the gold spans. If `with_gold`, the gold spans are included too;
    if `found` is `None`, the result is the gold spans only. `mask` is `[B, S]`."""
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
