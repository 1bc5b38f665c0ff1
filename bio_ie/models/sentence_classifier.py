"""A sentence and a label: the baseline of relations of mentions."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import Seq2VecEncoder, TextFieldEmbedder
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_text_field_mask

from bio_ie.metrics.class_f1 import ClassF1
from bio_ie.metrics.tensor_average import TensorAverage
from bio_ie.models.mention_relations import mention_relations
from bio_ie.models.relation_labels import real_rows, relation_labels
from bio_ie.modules.precision import at_least_single


@Model.register("sentence_classifier")
class SentenceClassifier(Model):
    """Tells the relation that a sentence states between two mentions from one vector of the
    sentence: with a pretrained transformer, what Shah and Fauqueur (2020) compare with (section
    4.2, "BioBERT"). A linear layer and a softmax.

    Registered as a `Model` with name "sentence_classifier". Instances come from `relation_context`.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
    sentence_encoder : `Seq2VecEncoder`
        From the words' vectors to one: `boe` with `averaged`, their mean; or, where wordpieces are
        embedded and the first is [CLS], `cls_pooler`.
    dropout : `float`, optional (default = `0.1`)
        Of the sentence's vector.
    negative_label : `str`, optional (default = `"NO-RELATION"`)
        The label of entities without a relation. All others are positive.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` with labels. Out of training also `probabilities` `[B, C]`, and `metadata` if it is
    given.
    """

    default_predictor = "document"
    keeps_mentions = True

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        sentence_encoder: Seq2VecEncoder,
        dropout: float = 0.1,
        negative_label: str = "NO-RELATION",
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        self.labels = relation_labels(vocab, negative_label)
        self.text_field_embedder = text_field_embedder
        self.sentence_encoder = sentence_encoder
        self.dropout = torch.nn.Dropout(dropout)
        self.classifier = torch.nn.Linear(sentence_encoder.get_output_dim(), len(self.labels))
        self.negative_label = negative_label
        self._loss = TensorAverage()
        self._scores = ClassF1(self.labels, negative_label)

    def forward(
        self,
        tokens: TextFieldTensors,
        entities: Optional[TextFieldTensors] = None,
        label: Optional[torch.Tensor] = None,
        metadata: Optional[List[Dict[str, Any]]] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            The words of `B` sentences.
        entities : `TextFieldTensors`, optional
            Not looked at.
        label : `torch.Tensor`, optional
            `[B]`.
        metadata : `List[Dict[str, Any]]`, optional
        """
        vectors = self.text_field_embedder(tokens)
        sentence = self.dropout(self.sentence_encoder(vectors, get_text_field_mask(tokens)))
        log_p = at_least_single(self.classifier(sentence)).log_softmax(-1)  # [B, C]
        output: Dict[str, Any] = {}
        if label is not None:
            output["loss"] = torch.nn.functional.nll_loss(log_p, label)
            self._loss(output["loss"], len(label))
        if not self.training:
            output["probabilities"] = log_p.exp()
            if metadata is not None:
                output["metadata"] = metadata
            if label is not None:
                real = real_rows(metadata, len(label), label.device)
                self._scores(output["probabilities"][real], label[real])
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
