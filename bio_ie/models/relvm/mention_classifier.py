"""What classifiers of sentences with a pair of entities share: their scores and their output."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator

from bio_ie.metrics.class_f1 import ClassF1, likeliest_positive
from bio_ie.models.relvm.mention_relations import mention_relations
from bio_ie.models.relvm.relation_classifier import RelationClassifier
from bio_ie.models.relvm.relation_outputs import real_rows


class MentionClassifier(RelationClassifier):
    """A model that gives each sentence with a pair of entities a label.

    # Parameters

    vocab, negative_label, regularizer, serialization_dir, ddp_accelerator
        See `RelationClassifier`.
    threshold : `float`, optional (default = `None`)
        The probability from which on the likeliest positive label is predicted; `None`: it is if it
        is likelier than the negative one. Of two labels that is 0.5. Lower values find more
        relations, and more that are none.
    """

    default_predictor = "document"
    keeps_mentions = True

    def __init__(
        self,
        vocab: Vocabulary,
        negative_label: str,
        threshold: Optional[float] = None,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        super().__init__(vocab, negative_label, regularizer, serialization_dir, ddp_accelerator)
        if threshold is not None and not 0 <= threshold <= 1:
            raise ConfigurationError(f"threshold must be between 0 and 1, not {threshold}")
        self.threshold = threshold
        self._scores = ClassF1(self.labels, negative_label)

    def _judged(
        self,
        probabilities: torch.Tensor,
        label: Optional[torch.Tensor],
        metadata: Optional[List[Dict[str, Any]]],
    ) -> Dict[str, Any]:
        """The output for `probabilities` `[B, C]`, which are scored if there are labels."""
        predicted = self._predicted(probabilities)
        if label is not None:
            real = real_rows(metadata, len(label), label.device)
            self._scores(probabilities[real], label[real], predicted[real])
        output: Dict[str, Any] = {"probabilities": probabilities, "predicted": predicted}
        if metadata is not None:
            output["metadata"] = metadata
        return output

    def _predicted(self, probabilities: torch.Tensor) -> torch.Tensor:
        """The label of each row, `[B]`."""
        if self.threshold is None:
            return probabilities.argmax(1)
        negative = self.labels.index(self.negative_label)
        likeliest, label = likeliest_positive(probabilities, negative)
        return torch.where(likeliest >= self.threshold, label, negative)

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """See `mention_relations`."""
        return mention_relations(self.labels, self.negative_label, output_dict)

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The mean loss; out of training also the scores (`ClassF1`), and `overall`, the F1."""
        metrics = {"classification_loss": self._loss.get_metric(reset)}
        if not self.training:
            metrics.update(self._scores.get_metric(reset))
            metrics["overall"] = metrics["f1"]
        return metrics
