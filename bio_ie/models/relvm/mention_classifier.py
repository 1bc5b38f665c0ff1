"""The base of classifiers of sentences with a pair of entities: their scores and their output."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator

from bio_ie.metrics.class_f1 import ClassF1
from bio_ie.models.relvm.label_thresholds import LabelThresholds
from bio_ie.models.relvm.mention_relations import mention_relations
from bio_ie.models.relvm.relation_classifier import RelationClassifier
from bio_ie.models.relvm.relation_outputs import real_rows


class MentionClassifier(RelationClassifier):
    """A model that gives each sentence with a pair of entities a label.

    # Parameters

    vocab, negative_label, regularizer, serialization_dir, ddp_accelerator
        See `RelationClassifier`.
    threshold : `float`, optional (default = `None`)
        The lowest probability with which the likeliest positive label is predicted, rounded to a
        thousandth. With a lower threshold the model finds more relations, and more wrong ones. With
        `None`, the callback `best_thresholds` sets the threshold; without the callback, a positive
        label is predicted where it is likelier than the negative one (with two labels, from 0.5
        on).
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
        self.decision = LabelThresholds(
            self.labels, negative_label, initial=threshold, fixed=threshold is not None
        )
        self._scores = ClassF1(self.labels, negative_label)

    def _judged(
        self,
        probabilities: torch.Tensor,
        label: Optional[torch.Tensor],
        metadata: Optional[List[Dict[str, Any]]],
    ) -> Dict[str, Any]:
        """The output for `probabilities` `[B, C]`. If there are labels, adds them to the scores."""
        predicted = self.decision(probabilities)
        if label is not None:
            real = real_rows(metadata, len(label), label.device)
            self.decision.count_labels(probabilities[real], label[real])
            self._scores(probabilities[real], label[real], predicted[real])
        output: Dict[str, Any] = {"probabilities": probabilities, "predicted": predicted}
        if metadata is not None:
            output["metadata"] = metadata
        return output

    def make_output_human_readable(self, output_dict: Dict[str, Any]) -> Dict[str, Any]:
        """See `mention_relations`."""
        return mention_relations(self.labels, self.negative_label, output_dict)

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """The mean loss; out of training also the scores (`ClassF1`) and `overall`, the F1. On
        reset out of training also `best_f1` and `best_threshold` (`LabelThresholds`)."""
        metrics = {"classification_loss": self._loss.get_metric(reset)}
        if not self.training:
            metrics.update(self._scores.get_metric(reset))
            if reset:
                metrics.update(self.decision.best_for_all())
                self.decision.reset()
            metrics["overall"] = metrics["f1"]
        return metrics
