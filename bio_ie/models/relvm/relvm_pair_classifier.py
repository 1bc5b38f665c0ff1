"""Classifies relations of entities, without their text, by a latent representation (RELVM, section
2.3)."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.nn import RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_token_ids_from_text_field_tensors

from bio_ie.models.relvm.model import Relvm
from bio_ie.models.relvm.pair_classifier import PairClassifier
from bio_ie.models.relvm.representation import LatentNoise, content_keys
from bio_ie.modules.precision import at_least_single


@Model.register("relvm_pair_classifier")
class RelvmPairClassifier(PairClassifier):
    """Predicts the relation of two entities from what a `relvm` has learned about them from all of
    their sentences (Shah and Fauqueur 2020, section 2.3). This works for entities that share no
    sentence too.

    z comes from `p(u) p(z | x, y, u)` (eq. 19). p(r | z) is a hidden layer with ReLU and a linear
    layer with a softmax, which sees z too (section 4.3). The loss is minus the mean of log p(r | z)
    over samples (eq. 20). Out of training, the probability of r is the mean of p(r | z) over
    samples that are the same every time (`LatentNoise`). The representation is not trained.

    Registered as a `Model` with name "relvm_pair_classifier". Instances come from `relation_pairs`.

    # Parameters

    representation : `Model`
        A `relvm`, trained with identifiers for entities ("relvm_from_archive").
    hidden_dim : `int`, optional (default = `300`)
    num_samples : `int`, optional (default = `4`)
        The number of samples in training.
    evaluation_samples : `int`, optional (default = `16`)
        The number of samples out of training.
    both_orders : `bool`, optional (default = `True`)
        Whether to take the mean over (x, y) and (y, x), in training and out of it, because a pair
        has no order.
    negative_label : `str`, optional (default = `"NO-RELATION"`)
        The label of entities without a relation. All others are positive.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss` when labels are given. Out of training also `probabilities` `[B, C]`; `spread` `[B, C]`,
    their standard deviation over samples; `predicted` `[B]`, where a positive label must reach its
    threshold (`LabelThresholds`); and `metadata` if it is given.
    """

    default_predictor = "relation_pairs"

    def __init__(
        self,
        vocab: Vocabulary,
        representation: Model,
        hidden_dim: int = 300,
        num_samples: int = 4,
        evaluation_samples: int = 16,
        both_orders: bool = True,
        negative_label: str = "NO-RELATION",
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        super().__init__(vocab, negative_label, regularizer, serialization_dir, ddp_accelerator)
        if not isinstance(representation, Relvm):
            raise ConfigurationError(
                f"representation must be a 'relvm', not a {type(representation).__name__}"
            )
        if min(hidden_dim, num_samples, evaluation_samples) < 1:
            raise ConfigurationError(
                "hidden_dim, num_samples and evaluation_samples must be positive"
            )
        self.representation = representation.representation
        self.representation.requires_grad_(False)
        u_dim, z_dim = self.representation.u_dim, self.representation.z_dim
        self.noise = LatentNoise(u_dim, z_dim)
        self.hidden = torch.nn.Linear(z_dim, hidden_dim)
        self.classifier = torch.nn.Linear(hidden_dim + z_dim, len(self.labels))
        self.num_samples = num_samples
        self.evaluation_samples = evaluation_samples
        self.both_orders = both_orders

    def train(self, mode: bool = True) -> "RelvmPairClassifier":
        """As in every `Model`, but the representation, which is not trained, has no dropout."""
        super().train(mode)
        self.representation.eval()
        return self

    def forward(
        self,
        entities: TextFieldTensors,
        label: Optional[torch.Tensor] = None,
        metadata: Optional[List[Dict[str, Any]]] = None,
    ) -> Dict[str, Any]:
        """
        # Parameters

        entities : `TextFieldTensors`
            x and y of `B` pairs.
        label : `torch.Tensor`, optional
            r, `[B]`.
        metadata : `List[Dict[str, Any]]`, optional
        """
        z = self._samples(get_token_ids_from_text_field_tensors(entities))  # [S, O, B, z_dim]
        hidden = torch.cat([self.hidden(z).relu(), z], dim=-1)
        log_p = at_least_single(self.classifier(hidden)).log_softmax(-1)  # log p(r | z)
        output: Dict[str, Any] = {}
        if label is not None:
            output["loss"] = self._mean_loss(log_p.mean((0, 1)), label)  # eq. 20
        if not self.training:
            p = log_p.exp().mean(1)  # over orders, [S, B, C]
            output.update(self._decided(p.mean(0), label, metadata))
            output["spread"] = p.std(0, correction=0)
        return output

    @torch.no_grad()
    def _samples(self, entities: torch.Tensor) -> torch.Tensor:
        """Samples of z by equation 19 for entities `[B, 2]`: `[S, O, B, z_dim]`, where S is the
        number of samples and O the number of orders."""
        num_orders = 1
        num_rows = len(entities)
        if self.both_orders:
            num_orders, entities = 2, torch.cat([entities, entities.flip(1)])
        pairs = self.representation.pair_vectors(entities)
        keys = content_keys(entities, torch.ones_like(entities))
        num_samples = self.num_samples if self.training else self.evaluation_samples
        u, z_noise = self.noise(keys, num_samples)  # p(u) is standard normal itself
        z = self.representation.relation(pairs, u).sample(z_noise)
        return z.view(num_samples, num_orders, num_rows, -1)
