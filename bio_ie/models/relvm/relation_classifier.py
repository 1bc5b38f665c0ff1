"""The base of all classifiers of relations, of mentions or of entities: their labels and loss."""

from typing import List, Optional

import torch
from allennlp.data import Vocabulary
from allennlp.models import Model
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator

from bio_ie.metrics.tensor_average import TensorAverage
from bio_ie.metrics.training_metric import TrainingMetric
from bio_ie.models.relvm.relation_outputs import relation_labels


class RelationClassifier(Model):
    """A model that gives each row of a batch a label.

    # Parameters

    vocab : `Vocabulary`
    negative_label : `str`
        The label of entities without a relation. All others are positive.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        negative_label: str,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        self.labels = relation_labels(vocab, negative_label)
        self.negative_label = negative_label
        self._loss = TensorAverage()

    def _mean_loss(self, log_likelihood: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """The negative mean of the `log_likelihood` `[B, C]` of the labels `[B]`."""
        loss = torch.nn.functional.nll_loss(log_likelihood, label)
        self._loss(loss, len(label))
        return loss

    def training_metrics(self) -> List[TrainingMetric]:
        return [self._loss]
