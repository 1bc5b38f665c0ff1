"""The baseline for relations of entities: all sentences of two entities, pooled by attention."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common import Lazy
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import FeedForward, Seq2VecEncoder, TextFieldEmbedder
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_text_field_mask

from bio_ie.models.relvm.pair_classifier import PairClassifier
from bio_ie.modules.poolings import AttentionPooling, Pooling
from bio_ie.modules.precision import at_least_single


@Model.register("sentence_attention")
class SentenceAttention(PairClassifier):
    """Predicts the relation of two entities from all sentences that have both. Each sentence is
    encoded as a vector, attention pools these vectors, and a feedforward network with a softmax
    classifies the result (Shah and Fauqueur 2020, section 4.3.1, "Attention", after Lin et al.
    2016).

    Each sentence is encoded once, and padding is not encoded.

    Registered as a `Model` with name "sentence_attention". Instances come from `relation_pairs`
    with `max_contexts`.

    # Parameters

    text_field_embedder : `TextFieldEmbedder`
    sentence_encoder : `Seq2VecEncoder`
        Encodes the words of a sentence to its vector. In the paper this is the final state of an
        LSTM.
    pooling : `Pooling`, optional (default = `attention`)
        A pooling of vectors.
    feedforward : `FeedForward`, optional
        Hidden layers before the classes, without `input_dim`.
    negative_label : `str`, optional (default = `"NO-RELATION"`)
        The label of entities without a relation. All others are positive.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    As for `RelvmPairClassifier`, without `spread`.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        text_field_embedder: TextFieldEmbedder,
        sentence_encoder: Seq2VecEncoder,
        pooling: Lazy[Pooling] = Lazy(AttentionPooling),
        feedforward: Optional[Lazy[FeedForward]] = None,
        negative_label: str = "NO-RELATION",
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        super().__init__(vocab, negative_label, regularizer, serialization_dir, ddp_accelerator)
        self.text_field_embedder = text_field_embedder
        self.sentence_encoder = sentence_encoder
        width = sentence_encoder.get_output_dim()
        self.pooling = pooling.construct(input_dim=width)
        self.pooling.require_domain("vectors", "sentence_attention")
        self.feedforward = None
        if feedforward is not None:
            self.feedforward = feedforward.construct(input_dim=width)
            width = self.feedforward.get_output_dim()
        self.classifier = torch.nn.Linear(width, len(self.labels))

    def forward(
        self,
        entities: TextFieldTensors,
        contexts: TextFieldTensors,
        label: Optional[torch.Tensor] = None,
        metadata: Optional[List[Dict[str, Any]]] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        entities : `TextFieldTensors`
            Not used: the model knows a pair by its sentences only.
        contexts : `TextFieldTensors`
            Up to `K` sentences for each of `B` pairs.
        label : `torch.Tensor`, optional
            `[B]`.
        metadata : `List[Dict[str, Any]]`, optional
        """
        mask = get_text_field_mask(contexts, num_wrapping_dims=1)  # [B, K, T]
        is_real = mask.any(2)
        row, _ = is_real.nonzero(as_tuple=True)  # the pair of each of n sentences
        sentences = {
            indexer: {name: tensor[is_real] for name, tensor in tensors.items()}
            for indexer, tensors in contexts.items()
        }
        pooled = self.pooling(self._encode(sentences, mask[is_real]), row, len(mask))  # [B, D]
        if self.feedforward is not None:
            pooled = self.feedforward(pooled)
        log_p = at_least_single(self.classifier(pooled)).log_softmax(-1)  # [B, C]
        output: Dict[str, Any] = {}
        if label is not None:
            output["loss"] = self._mean_loss(log_p, label)
        if not self.training:
            output.update(self._decided(log_p.exp(), label, metadata))
        return output

    def _encode(self, sentences: TextFieldTensors, mask: torch.Tensor) -> torch.Tensor:
        """Encodes sentences, `[n, D]`."""
        vectors = self.text_field_embedder(sentences)
        if not len(mask):  # an LSTM does not accept an empty batch
            return vectors.new_zeros(0, self.sentence_encoder.get_output_dim())
        encoded: torch.Tensor = self.sentence_encoder(vectors, mask)
        return encoded
