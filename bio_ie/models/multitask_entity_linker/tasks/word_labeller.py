"""A task that labels words."""

from typing import Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.models.multitask_entity_linker.batch_softmax import BatchSoftmax
from bio_ie.models.multitask_entity_linker.tasks.linking_task import LinkingTask
from bio_ie.models.multitask_entity_linker.tasks.task_spans import WordLabels
from bio_ie.modules.tagging import PlainLabelScheme, TagDecoder, TagScheme, WordLabelScheme


class WordLabeller(torch.nn.Module):
    """Labels every word (multi-task linking, "per token").

    Plain labels may be very many, so they are learned by a softmax over the classes of a batch
    (`BatchSoftmax`). BIOES tags, and plain labels with a `tag_decoder`, have a softmax over all
    labels, or the decoder's own loss. The loss is the sum over words whose label is known, divided
    by the number of these words.

    # Parameters

    input_dim : `int`
    labels : `Sequence[str]`
        All labels in the order of their indices, with `"O"` among them.
    task : `LinkingTask`
    tagged : `bool`
        Whether labels are BIOES tags.
    """

    tag_weights: Optional[torch.Tensor]

    def __init__(
        self, input_dim: int, labels: Sequence[str], task: LinkingTask, tagged: bool
    ) -> None:
        super().__init__()
        if task.candidate_rescoring is not None:
            raise ConfigurationError("candidate_rescoring is for labels of mentions, not for words")
        self.feedforward = None
        if task.feedforward is not None:
            self.feedforward = task.feedforward.construct(input_dim=input_dim)
            input_dim = self.feedforward.get_output_dim()
        self.scheme: WordLabelScheme = TagScheme(labels) if tagged else PlainLabelScheme(labels)
        nil = list(labels).index("O")
        self.softmax = self.tag_decoder = None
        if not tagged and task.tag_decoder is None:
            self.softmax = BatchSoftmax(
                input_dim, len(labels), nil, task.nil_weight, num_negatives=task.num_negatives
            )
            return
        if task.num_negatives:
            raise ConfigurationError("num_negatives is for plain labels without a tag_decoder")
        self.projection = torch.nn.Linear(input_dim, len(labels))
        decoder = task.tag_decoder
        self.tag_decoder = (
            TagDecoder.by_name("argmax")(self.scheme)
            if decoder is None
            else decoder.construct(tag_scheme=self.scheme)
        )
        weights = None
        if task.nil_weight != 1.0:
            weights = torch.ones(len(labels))
            weights[nil] = task.nil_weight
        self.register_buffer("tag_weights", weights, persistent=False)

    def loss(self, x: torch.Tensor, mask: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """
        # Parameters

        x : `torch.Tensor`
            `[B, S, input_dim]`.
        mask : `torch.Tensor`
            `[B, S]`, bool.
        labels : `torch.Tensor`
            `[B, S]`; negative where they are not known.
        """
        if self.softmax is not None:
            return self.softmax.loss(self._features(x[mask]), labels[mask])
        assert self.tag_decoder is not None
        total = self.tag_decoder.loss(self._scores(x), mask, labels, self.tag_weights)
        return total / (mask & (labels >= 0)).sum().clamp(min=1)

    @torch.no_grad()
    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> WordLabels:
        """The labels of words; no gradient."""
        if self.softmax is not None:
            found = self.softmax(self._features(x[mask]))
            label = mask.new_zeros(mask.shape, dtype=torch.long)
            probability = found.probability.new_ones(mask.shape)
            return WordLabels(
                label.masked_scatter(mask, found.label),
                probability.masked_scatter(mask, found.probability),
            )
        assert self.tag_decoder is not None
        scores = self._scores(x)
        label = self.tag_decoder(scores, mask)
        probabilities = self.tag_decoder.probabilities(scores, mask)
        return WordLabels(label, probabilities.gather(2, label.unsqueeze(2)).squeeze(2))

    def _features(self, x: torch.Tensor) -> torch.Tensor:
        return x if self.feedforward is None else self.feedforward(x)

    def _scores(self, x: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.projection(self._features(x))
        return scores
