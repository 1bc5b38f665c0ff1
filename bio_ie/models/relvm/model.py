"""Relation representations by a latent-variable model (RELVM)."""

from typing import Any, Dict, List, Optional

import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.models import Model
from allennlp.modules import FeedForward, Seq2VecEncoder
from allennlp.modules.token_embedders import Embedding
from allennlp.nn import InitializerApplicator, RegularizerApplicator
from allennlp.nn.parallel import DdpAccelerator
from allennlp.nn.util import get_text_field_mask, get_token_ids_from_text_field_tensors

from bio_ie.archives.inner_archive import model_of_inner_archive
from bio_ie.metrics.active_units import ActiveUnits
from bio_ie.metrics.tensor_average import TensorAverage
from bio_ie.metrics.training_metric import TrainingMetric
from bio_ie.models.relvm.relation_outputs import real_rows
from bio_ie.models.relvm.representation import (
    LatentDecoder,
    LatentNoise,
    RelationRepresentation,
    content_keys,
)
from bio_ie.modules.precision import bfloat16_products
from bio_ie.modules.schedules import ConstantSchedule, Schedule

ARCHIVED_FOLDER = "representation"
"""The folder that a config lists in `include_in_archive` if its model has a trained
representation."""


@Model.register("relvm_from_archive", constructor="from_saved")
@Model.register("relvm")
class Relvm(Model):
    """Learns representations of the relation between two entities from sentences without labels.
    The relation is a latent variable z, from which a language model generates the sentence that has
    both entities (Shah and Fauqueur 2020, section 2.1).

    The loss is minus the mean over sentences of a lower bound on log p(c | x, y) (eqs. 6 and 21),

        ELBO = E_(q(u | x, y, c) p(z | x, y, u)) [log p(c | z)] - KL[q(u | x, y, c) || p(u)]

    The expectation is a mean over samples. The divergence is exact and has a weight.

    Registered as a `Model` with name "relvm". Instances come from `relation_context`; their labels
    are not used. The `representation` of a classifier can also be a `relvm` from an archive,
    "relvm_from_archive" (see `from_saved`).

    # Parameters

    word_embedding, entity_embedding : `Embedding`
        The vectors of words, in input and output, and of entities (their types or ids).
    context_encoder : `Seq2VecEncoder`
        Gives the vector of a sentence. In the paper it is a BiLSTM.
    prior_feedforward, inference_feedforward : `FeedForward`
        The hidden layers of p(z | x, y, u) and of q(u | x, y, c), without `input_dim`.
    decoder : `LatentDecoder`
        p(c | z), without `latent_dim` and `embedding_dim`.
    u_dim, z_dim : `int`, optional (default = `300`)
    kl_weight : `Schedule`, optional
        beta, the weight of the divergence in the loss (section 4.1.2). Default: 1.
    length_normalize : `bool`, optional (default = `False`)
        Divides log p(c | z) by the number of words in the loss, as the released code does.
    num_samples : `int`, optional (default = `1`)
        The number of samples of u, with one sample of z for each.
    bf16 : `bool`, optional (default = `False`)
        Computes matrix products in bfloat16, for a GPU that is fast at them.
    initializer : `InitializerApplicator`, optional
        Sets the initial values of parameters by their names. The released code draws the weights of
        the mean of z, `representation.prior.mean.weight`, with a standard deviation of 1. So from
        the first step on, z depends much on u compared to its own noise. Default: PyTorch's own
        initial values.
    regularizer, serialization_dir, ddp_accelerator : optional
        As in every `Model`.

    # Output of `forward`

    `loss`. Out of training also `elbo`, `reconstruction` and `kl` `[B]`, which are the bound, its
    first term and its second term, with weight 1 and not divided by anything; and `representation`
    `[B, z_dim]`, the mean of z in the approximate posterior (eq. 13) over the samples of u.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        word_embedding: Embedding,
        entity_embedding: Embedding,
        context_encoder: Seq2VecEncoder,
        prior_feedforward: Lazy[FeedForward],
        inference_feedforward: Lazy[FeedForward],
        decoder: Lazy[LatentDecoder],
        u_dim: int = 300,
        z_dim: int = 300,
        kl_weight: Optional[Schedule] = None,
        length_normalize: bool = False,
        num_samples: int = 1,
        bf16: bool = False,
        initializer: Optional[InitializerApplicator] = None,
        regularizer: Optional[RegularizerApplicator] = None,
        serialization_dir: Optional[str] = None,
        ddp_accelerator: Optional[DdpAccelerator] = None,
    ) -> None:
        # The ignored type lacks an Optional in AllenNLP.
        super().__init__(vocab, regularizer, serialization_dir, ddp_accelerator)  # type: ignore[arg-type]
        if min(num_samples, u_dim, z_dim) < 1:
            raise ConfigurationError("num_samples, u_dim and z_dim must be positive")
        self.representation = RelationRepresentation(
            word_embedding,
            entity_embedding,
            context_encoder,
            prior_feedforward,
            inference_feedforward,
            u_dim,
            z_dim,
        )
        self.decoder = decoder.construct(
            latent_dim=z_dim, embedding_dim=word_embedding.get_output_dim()
        )
        self.decoder.softmax.require_words(word_embedding.num_embeddings)
        self.noise = LatentNoise(u_dim, z_dim)
        self.kl_weight = kl_weight or ConstantSchedule(1.0)
        self.length_normalize = length_normalize
        self.num_samples = num_samples
        self.bf16 = bf16

        names = ("elbo", "reconstruction", "kl", "elbo_per_token")
        self._averages = {name: TensorAverage() for name in names}
        self._active_units = ActiveUnits(u_dim)
        if initializer is not None:
            initializer(self)

    @classmethod
    def from_saved(
        cls, archive_file: str, vocab: Vocabulary, serialization_dir: Optional[str] = None
    ) -> "Relvm":
        """Loads the model of an archive, as part of another model. For the archive of the other
        model to be complete, its `include_in_archive` must list `representation`.

        Registered as a `Model` with name "relvm_from_archive".

        # Parameters

        archive_file : `str`
            The archive of a `relvm`. It is read once; the trained model does not need it.
        vocab : `Vocabulary`
            Given by the model. It has to extend the vocabulary of the archive.
        serialization_dir : `str`, optional
            Given by AllenNLP.

        Raises `ConfigurationError` for an archive of a different model, for an archive that does
        not exist, and for a vocabulary in which a word has another index than in the archive.
        """
        model = model_of_inner_archive(archive_file, vocab, serialization_dir, ARCHIVED_FOLDER)
        if not isinstance(model, cls):
            raise ConfigurationError(
                f"{archive_file} has a model {type(model).__name__}, not a 'relvm'"
            )
        return model

    def forward(
        self,
        tokens: TextFieldTensors,
        entities: TextFieldTensors,
        metadata: Optional[List[Dict[str, Any]]] = None,
        label: Optional[torch.Tensor] = None,
    ) -> Dict[str, torch.Tensor]:
        """
        # Parameters

        tokens : `TextFieldTensors`
            c, the words of `B` sentences, with the two entities replaced by `<ENT>`.
        entities : `TextFieldTensors`
            x and y, the two entities of each sentence.
        metadata : `List[Dict[str, Any]]`, optional
            Rows with `is_padding` do not count in metrics.
        label : `torch.Tensor`, optional
            Not used.
        """
        words, mask = get_token_ids_from_text_field_tensors(tokens), get_text_field_mask(tokens)
        u_noise, z_noise = self.noise(content_keys(words, mask), self.num_samples)
        part = self.representation
        with bfloat16_products(self.bf16, words.device):
            pairs = part.pair_vectors(get_token_ids_from_text_field_tensors(entities))
            posterior = part.infer(pairs, words, mask)  # q(u | x, y, c)
            relation = part.relation(pairs, posterior.sample(u_noise))
            z = relation.sample(z_noise)  # [S, B, z_dim]
            reconstruction = self.decoder(words, mask, z, part.word_embedding).mean(0)  # [B]
        kl = posterior.kl_from_standard_normal()
        lengths = mask.sum(1)
        scale = lengths if self.length_normalize else torch.ones_like(lengths)
        loss = -(reconstruction / scale - self.kl_weight() * kl).mean()

        real = real_rows(metadata, len(kl), kl.device)
        self._count(reconstruction[real], kl[real], lengths[real], posterior.mean[real])
        output = {"loss": loss}
        if not self.training:
            output["elbo"] = reconstruction - kl
            output["reconstruction"] = reconstruction
            output["kl"] = kl
            output["representation"] = relation.mean.mean(0)
        return output

    def _count(
        self,
        reconstruction: torch.Tensor,
        kl: torch.Tensor,
        lengths: torch.Tensor,
        means: torch.Tensor,
    ) -> None:
        if not len(kl):
            return
        elbo = reconstruction - kl
        self._averages["elbo"](elbo.mean(), len(kl))
        self._averages["reconstruction"](reconstruction.mean(), len(kl))
        self._averages["kl"](kl.mean(), len(kl))
        num_words = int(lengths.sum())
        self._averages["elbo_per_token"](elbo.sum() / num_words, num_words)
        self._active_units(means)

    def training_metrics(self) -> List[TrainingMetric]:
        return [*self._averages.values(), self._active_units]

    def get_metrics(self, reset: bool = False) -> Dict[str, float]:
        """`elbo`, `reconstruction` and `kl`, means over sentences in nats, with weight 1;
        `perplexity`, an upper bound on the perplexity of a word, `exp(-ELBO / words)`;
        `active_units`, the number of dimensions of u that the sentences determine (`ActiveUnits`):
        0 for a collapsed posterior."""
        metrics = {name: average.get_metric(reset) for name, average in self._averages.items()}
        # Bounded, because exp could overflow in the first steps of a model.
        exponent = min(-metrics.pop("elbo_per_token"), 700.0)
        metrics["perplexity"] = float(torch.tensor(exponent, dtype=torch.float64).exp())
        metrics["active_units"] = self._active_units.get_metric(reset)
        return metrics
