"""What classifiers of sentences with a pair of entities share: their scores and their output."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.data import Vocabulary
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator

from bio_ie.metrics.class_f1 import ClassF1
from bio_ie.models.mention_relations import mention_relations
from bio_ie.models.relation_classifier import RelationClassifier
from bio_ie.models.relation_labels import real_rows


class MentionClassifier(RelationClassifier):
    """A model that gives each sentence with a pair of entities a label.

    # Parameters

    vocab, negative_label, regularizer, serialization_dir, ddp_accelerator
        See `RelationClassifier`.
    """

    default_predictor = "document"
    keeps_mentions = True

    def __init__(
        self,
        vocab: Vocabulary,
        negative_label: str,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        super().__init__(vocab, negative_label, regularizer, serialization_dir, ddp_accelerator)
        self._scores = ClassF1(self.labels, negative_label)

    def _judged(
        self,
        probabilities: torch.Tensor,
        label: Optional[torch.Tensor],
        metadata: Optional[List[Dict[str, Any]]],
    ) -> Dict[str, Any]:
        """The output for `probabilities` `[B, C]`, which are scored if there are labels."""
        if label is not None:
            real = real_rows(metadata, len(label), label.device)
            self._scores(probabilities[real], label[real])
        output: Dict[str, Any] = {"probabilities": probabilities}
        if metadata is not None:
            output["metadata"] = metadata
        return output

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
