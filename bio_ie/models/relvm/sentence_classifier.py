"""The baseline for relations of mentions: a classifier of sentences."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import Seq2VecEncoder, TextFieldEmbedder
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_text_field_mask

from bio_ie.models.relvm.mention_classifier import MentionClassifier
from bio_ie.modules.precision import at_least_single


@Model.register("sentence_classifier")
class SentenceClassifier(MentionClassifier):
    """Predicts the relation that a sentence states between two mentions from one vector of the
    sentence, or from the vectors of the two mentions, by a linear layer and a softmax. With a
    pretrained transformer and the former it is the baseline of Shah and Fauqueur (2020) (section
    4.2, "BioBERT").

    Registered as a `Model` with name "sentence_classifier". Instances come from `relation_context`.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
    sentence_encoder : `Seq2VecEncoder`, optional (default = `None`)
        Turns the words' vectors into one: `boe` with `averaged` gives their mean; `cls_pooler` is
        possible where wordpieces are embedded and the first is [CLS]. `None`: the vectors of the
        two words of `places` are joined, those of the markers or placeholders of x and y (Baldini
        Soares et al. 2019, "entity start").
    dropout : `float`, optional (default = `0.1`)
        The dropout of that vector.
    negative_label : `str`, optional (default = `"NO-RELATION"`)
        The label of entities without a relation. All others are positive.
    threshold : `float`, optional (default = `None`)
        The lowest probability with which the likeliest positive label is predicted; see
        `MentionClassifier`.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` when labels are given. Out of training also `probabilities` `[B, C]`, `predicted` `[B]`,
    and `metadata` if it is given.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        sentence_encoder: Optional[Seq2VecEncoder] = None,
        dropout: float = 0.1,
        negative_label: str = "NO-RELATION",
        threshold: Optional[float] = None,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        super().__init__(
            vocab, negative_label, threshold, regularizer, serialization_dir, ddp_accelerator
        )
        self.text_field_embedder = text_field_embedder
        self.sentence_encoder = sentence_encoder
        self.dropout = torch.nn.Dropout(dropout)
        dim = (
            2 * text_field_embedder.get_output_dim()
            if sentence_encoder is None
            else sentence_encoder.get_output_dim()
        )
        self.classifier = torch.nn.Linear(dim, len(self.labels))

    def forward(
        self,
        tokens: TextFieldTensors,
        entities: Optional[TextFieldTensors] = None,
        places: Optional[torch.Tensor] = None,
        label: Optional[torch.Tensor] = None,
        metadata: Optional[List[Dict[str, Any]]] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            The words of `B` sentences.
        entities : `TextFieldTensors`, optional
            Not used.
        places : `torch.Tensor`, optional
            The words that stand for x and y or begin them, `[B, 2]`.
        label : `torch.Tensor`, optional
            `[B]`.
        metadata : `List[Dict[str, Any]]`, optional
        """
        vectors = self._vectors(tokens, places)
        log_p = at_least_single(self.classifier(self.dropout(vectors))).log_softmax(-1)  # [B, C]
        output: Dict[str, Any] = {}
        if label is not None:
            output["loss"] = self._mean_loss(log_p, label)
        if not self.training:
            output.update(self._judged(log_p.exp(), label, metadata))
        return output

    def _vectors(self, tokens: TextFieldTensors, places: Optional[torch.Tensor]) -> torch.Tensor:
        """The vectors that are classified, one of each sentence."""
        words = self.text_field_embedder(tokens)  # [B, W, H]
        if self.sentence_encoder is not None:
            return self.sentence_encoder(words, get_text_field_mask(tokens))
        if places is None:
            raise ConfigurationError(
                "without a sentence_encoder, sentence_classifier needs a reader with arguments: "
                "'typed' or 'marked'"
            )
        rows = torch.arange(len(words), device=words.device)
        return words[rows[:, None], places].flatten(1)  # [B, 2 H]
