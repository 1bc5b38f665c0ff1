"""The base of classifiers of pairs of entities: their decision, their scores and their output."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.data import Vocabulary
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator

from bio_ie.models.relvm.label_thresholds import LabelThresholds
from bio_ie.models.relvm.relation_classifier import RelationClassifier
from bio_ie.models.relvm.relation_outputs import described_rows, real_rows


class PairClassifier(RelationClassifier):
    """A model that gives each pair of entities a label. Positive labels must reach a threshold.

    # Parameters

    vocab, negative_label, regularizer, serialization_dir, ddp_accelerator
        See `RelationClassifier`.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        negative_label: str,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        super().__init__(vocab, negative_label, regularizer, serialization_dir, ddp_accelerator)
        self.decision = LabelThresholds(self.labels, negative_label)

    def _decided(
        self,
        probabilities: torch.Tensor,
        label: Optional[torch.Tensor],
        metadata: Optional[List[Dict[str, Any]]],
    ) -> Dict[str, Any]:
        """The output for `probabilities` `[B, C]`. If there are labels, adds them to the scores."""
        if label is not None:
            real = real_rows(metadata, len(label), label.device)
            self.decision.count_labels(probabilities[real], label[real])
        output: Dict[str, Any] = {
            "probabilities": probabilities,
            "predicted": self.decision(probabilities),
        }
        if metadata is not None:
            output["metadata"] = metadata
        return output

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """For each row `label`, `probabilities` and, if the model gives it, `spread`
        (`described_rows`)."""
        return described_rows(self.labels, output_dict)

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The mean loss; out of training also the scores (`LabelThresholds`), and `overall`, the F1
        with the best threshold."""
        metrics = {"classification_loss": self._loss.get_metric(reset)}
        if not self.training:
            metrics.update(self.decision.get_metric(reset))
            metrics["overall"] = metrics["best_f1"]
        return metrics
