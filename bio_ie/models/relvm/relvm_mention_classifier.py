"""Classifies relations of mentions by a latent representation (RELVM, section 2.2)."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_text_field_mask, get_token_ids_from_text_field_tensors

from bio_ie.models.relvm.mention_classifier import MentionClassifier
from bio_ie.models.relvm.model import Relvm
from bio_ie.models.relvm.representation import LatentNoise, content_keys
from bio_ie.modules.precision import at_least_single, bfloat16_products


@Model.register("relvm_mention_classifier")
class RelvmMentionClassifier(MentionClassifier):
    """Predicts the relation that a sentence states between two mentions, from the latent relation z
    of a `relvm` (Shah and Fauqueur 2020, section 2.2).

    z comes from `q(u | x, y, c) p(z | x, y, u)`, which approximates its posterior (eq. 13), and
    p(r | z) is a linear layer with a softmax. The loss is minus the mean of log p(r | z) over
    samples of u and z (eq. 17). Out of training, the probability of r is the mean of p(r | z)
    (eq. 16) over samples that are the same every time (`LatentNoise`).

    Registered as a `Model` with name "relvm_mention_classifier". Instances come from
    `relation_context`.

    # Parameters

    representation : `Model`
        A `relvm`: new, or trained ("relvm_from_archive"). Its decoder is left out.
    fine_tune : `bool`, optional (default = `True`)
        Whether to train the representation too (section 4.2). If not, it stays as it is.
    num_samples : `int`, optional (default = `4`)
        The number of samples in training.
    evaluation_samples : `int`, optional (default = `16`)
        The number of samples out of training.
    bf16 : `bool`, optional (default = `False`)
        Computes matrix products in bfloat16, for a GPU that is fast at them.
    negative_label : `str`, optional (default = `"NO-RELATION"`)
        The label of entities without a relation. All others are positive.
    threshold : `float`, optional (default = `None`)
        The lowest probability with which the likeliest positive label is predicted; see
        `MentionClassifier`.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` when labels are given. Out of training also `probabilities` `[B, C]`; `spread` `[B, C]`,
    their standard deviation over samples; `predicted` `[B]`; and `metadata` if it is given.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        representation: Model,
        fine_tune: bool = True,
        num_samples: int = 4,
        evaluation_samples: int = 16,
        bf16: bool = False,
        negative_label: str = "NO-RELATION",
        threshold: Optional[float] = None,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        super().__init__(
            vocab, negative_label, threshold, regularizer, serialization_dir, ddp_accelerator
        )
        if not isinstance(representation, Relvm):
            raise ConfigurationError(
                f"representation must be a 'relvm', not a {type(representation).__name__}"
            )
        if min(num_samples, evaluation_samples) < 1:
            raise ConfigurationError("num_samples and evaluation_samples must be positive")
        self.representation = representation.representation
        self.fine_tune = fine_tune
        if not fine_tune:
            self.representation.requires_grad_(False)
        u_dim, z_dim = self.representation.u_dim, self.representation.z_dim
        self.noise = LatentNoise(u_dim, z_dim)
        self.classifier = torch.nn.Linear(z_dim, len(self.labels))
        self.num_samples = num_samples
        self.evaluation_samples = evaluation_samples
        self.bf16 = bf16

    def train(self, mode: bool = True) -> "RelvmMentionClassifier":
        """As in every `Model`, but a representation that is not trained has no dropout either."""
        super().train(mode)
        if not self.fine_tune:
            self.representation.eval()
        return self

    def forward(
        self,
        tokens: TextFieldTensors,
        entities: TextFieldTensors,
        label: Optional[torch.Tensor] = None,
        metadata: Optional[List[Dict[str, Any]]] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        tokens, entities : `TextFieldTensors`
            c, and x and y, of `B` sentences, as for `Relvm`.
        label : `torch.Tensor`, optional
            r, `[B]`.
        metadata : `List[Dict[str, Any]]`, optional
        """
        with_gradient = self.fine_tune and torch.is_grad_enabled()
        half = bfloat16_products(self.bf16, self.classifier.weight.device)
        with torch.set_grad_enabled(with_gradient), half:
            z = self._samples(tokens, entities)  # [S, B, z_dim]
        log_p = at_least_single(self.classifier(z)).log_softmax(-1)  # log p(r | z), [S, B, C]
        output: Dict[str, Any] = {}
        if label is not None:
            output["loss"] = self._mean_loss(log_p.mean(0), label)  # eq. 17
        if not self.training:
            p = log_p.exp()
            output.update(self._judged(p.mean(0), label, metadata))  # eq. 16
            output["spread"] = p.std(0, correction=0)
        return output

    def _samples(self, tokens: TextFieldTensors, entities: TextFieldTensors) -> torch.Tensor:
        """Samples of z by equation 13. Each sentence is encoded once for all of its samples."""
        words, mask = get_token_ids_from_text_field_tensors(tokens), get_text_field_mask(tokens)
        pairs = self.representation.pair_vectors(get_token_ids_from_text_field_tensors(entities))
        posterior = self.representation.infer(pairs, words, mask)
        num_samples = self.num_samples if self.training else self.evaluation_samples
        u_noise, z_noise = self.noise(content_keys(words, mask), num_samples)
        return self.representation.relation(pairs, posterior.sample(u_noise)).sample(z_noise)
