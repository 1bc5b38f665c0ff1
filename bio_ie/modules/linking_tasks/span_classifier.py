"""A task whose labels are labels of mentions."""

from typing import Sequence

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.batch_softmax import BatchSoftmax
from bio_ie.modules.linking_tasks.linking_task import LinkingTask
from bio_ie.modules.linking_tasks.task_spans import TaskSpans
from bio_ie.modules.text_spans import TextSpans, span_means


class SpanClassifier(torch.nn.Module):
    """Labels spans by the mean of their words' vectors (paper 3, "per entity").

    # Parameters

    input_dim : `int`
    labels : `Sequence[str]`
        In the order of their indices, `"O"` among them.
    task : `LinkingTask`
        Without a `tag_decoder`.
    with_nil : `bool`
        Whether a span may be no mention. Where all spans of training are gold ones it may not.
    """

    def __init__(
        self, input_dim: int, labels: Sequence[str], task: LinkingTask, with_nil: bool
    ) -> None:
        super().__init__()
        if task.tag_decoder is not None:
            raise ConfigurationError("a tag_decoder is for words; mentions have none")
        self.feedforward = None
        if task.feedforward is not None:
            self.feedforward = task.feedforward.construct(input_dim=input_dim)
            input_dim = self.feedforward.get_output_dim()
        self.softmax = BatchSoftmax(
            input_dim, len(labels), list(labels).index("O"), task.nil_weight, with_nil
        )

    def loss(self, x: torch.Tensor, spans: TextSpans, labels: torch.Tensor) -> torch.Tensor:
        """
        # Parameters

        x : `torch.Tensor`
            `[B, S, input_dim]`, of words.
        spans : `TextSpans`
        labels : `torch.Tensor`
            Of each span; negative where it is not known.
        """
        return self.softmax.loss(self._features(x, spans), labels)

    @torch.no_grad()
    def forward(self, x: torch.Tensor, spans: TextSpans) -> TaskSpans:
        """All spans with their best labels, Nil too; no gradient."""
        return TaskSpans(spans, *self.softmax(self._features(x, spans)))

    def _features(self, x: torch.Tensor, spans: TextSpans) -> torch.Tensor:
        means = span_means(x, spans)
        return means if self.feedforward is None else self.feedforward(means)
