"""A task that labels mentions."""

from typing import Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.data.fields.span_candidates_field import CandidateTensors
from bio_ie.models.multitask_entity_linker.batch_softmax import BatchSoftmax
from bio_ie.models.multitask_entity_linker.tasks.candidate_softmax import (
    CandidateSoftmax,
    ItemCandidates,
    candidates_of,
)
from bio_ie.models.multitask_entity_linker.tasks.linking_task import LinkingTask
from bio_ie.models.multitask_entity_linker.tasks.task_spans import TaskSpans
from bio_ie.modules.text_spans import TextSpans, span_means


class SpanClassifier(torch.nn.Module):
    """Labels spans by the mean of their words' vectors (multi-task linking, "per entity").

    # Parameters

    input_dim : `int`
    labels : `Sequence[str]`
        All labels in the order of their indices, with `"O"` among them.
    task : `LinkingTask`
        Without a `tag_decoder`.
    with_nil : `bool`
        Whether a span may be no mention. If all spans of training are gold, every span is one.
    """

    def __init__(
        self, input_dim: int, labels: Sequence[str], task: LinkingTask, with_nil: bool
    ) -> None:
        super().__init__()
        if task.tag_decoder is not None:
            raise ConfigurationError("a tag_decoder is for labels of words, not for mentions")
        self.feedforward = None
        if task.feedforward is not None:
            self.feedforward = task.feedforward.construct(input_dim=input_dim)
            input_dim = self.feedforward.get_output_dim()
        softmax = BatchSoftmax(
            input_dim,
            len(labels),
            list(labels).index("O"),
            task.nil_weight,
            with_nil,
            num_negatives=task.num_negatives,
        )
        self.softmax = softmax
        self.rescoring = None
        if task.candidate_rescoring is not None:
            self.rescoring = CandidateSoftmax(softmax, task.candidate_rescoring)

    def loss(
        self,
        x: torch.Tensor,
        spans: TextSpans,
        labels: torch.Tensor,
        candidates: Optional[CandidateTensors] = None,
    ) -> torch.Tensor:
        """
        # Parameters

        x : `torch.Tensor`
            `[B, S, input_dim]`, the vectors of words.
        spans : `TextSpans`
        labels : `torch.Tensor`
            The label of each span; negative where it is not known.
        candidates : `CandidateTensors`, optional
            See `SpanCandidatesField`; needed with `candidate_rescoring`.
        """
        features = self._features(x, spans)
        if self.rescoring is None:
            return self.softmax.loss(features, labels)
        return self.rescoring.loss(features, labels, _of_spans(candidates, spans, x))

    @torch.no_grad()
    def forward(
        self,
        x: torch.Tensor,
        spans: TextSpans,
        candidates: Optional[CandidateTensors] = None,
    ) -> TaskSpans:
        """All spans with their best labels, including Nil; no gradient. With
        `candidate_rescoring`, a label beyond the classes is the place of a candidate (see
        `CandidateSoftmax`)."""
        features = self._features(x, spans)
        if self.rescoring is None:
            return TaskSpans(spans, *self.softmax(features))
        return TaskSpans(spans, *self.rescoring(features, _of_spans(candidates, spans, x)))

    def _features(self, x: torch.Tensor, spans: TextSpans) -> torch.Tensor:
        means = span_means(x, spans)
        return means if self.feedforward is None else self.feedforward(means)


def _of_spans(
    candidates: Optional[CandidateTensors], spans: TextSpans, x: torch.Tensor
) -> ItemCandidates:
    if candidates is None:
        raise ConfigurationError("candidate_rescoring needs a reader with a candidate_generator")
    return candidates_of(candidates, spans, x.size(0), x.size(1))
