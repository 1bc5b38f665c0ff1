"""The relation of two entities as a latent variable, with its prior and posterior."""

from typing import Optional, cast

import torch
from allennlp.common import Lazy
from allennlp.common.checks import ConfigurationError, check_dimensions_match
from allennlp.modules import FeedForward, Seq2VecEncoder
from allennlp.modules.token_embedders import Embedding

from bio_ie.models.relvm.representation.gaussian import Gaussian, GaussianNetwork


class RelationRepresentation(torch.nn.Module):
    """The distributions of the latent variables u and z for entities x and y and their context c
    (Shah and Fauqueur 2020, section 2.1):

    * p(u) = N(0, I), and `p(z | x, y, u)`, a Gaussian whose mean and variance are a feedforward
      network of [e(x); e(y); e(x) o e(y); u]. Over all u this is a mixture of infinitely many
      Gaussians (eq. 2);
    * `q(u | x, y, c)`, a Gaussian whose mean and variance are another feedforward network of
      [h; e(x); e(y); e(x) o e(y)], where h is the vector of the context (eqs. 7 to 9).

    # Parameters

    word_embedding, entity_embedding : `Embedding`
        e, the vectors of words and of entities.
    context_encoder : `Seq2VecEncoder`
        Encodes the words of a context to h. In the paper h is the final states of a BiLSTM.
    prior_feedforward, inference_feedforward : `FeedForward`
        The hidden layers of the two networks, without `input_dim`.
    u_dim, z_dim : `int`
        The sizes of u and z.
    """

    def __init__(
        self,
        word_embedding: Embedding,
        entity_embedding: Embedding,
        context_encoder: Seq2VecEncoder,
        prior_feedforward: Lazy[FeedForward],
        inference_feedforward: Lazy[FeedForward],
        u_dim: int,
        z_dim: int,
    ) -> None:
        super().__init__()
        if cast(Optional[torch.nn.Module], word_embedding._projection) is not None:
            raise ConfigurationError(
                "the word_embedding must have no projection_dim, since each word needs the same "
                "vector in input and output"
            )
        check_dimensions_match(
            word_embedding.get_output_dim(),
            context_encoder.get_input_dim(),
            "word_embedding's output",
            "context_encoder's input",
        )
        self.word_embedding = word_embedding
        self.entity_embedding = entity_embedding
        self.context_encoder = context_encoder
        self.u_dim = u_dim
        self.z_dim = z_dim
        pair_dim = 3 * entity_embedding.get_output_dim()
        context_dim = context_encoder.get_output_dim()
        self.prior = GaussianNetwork(prior_feedforward.construct(input_dim=pair_dim + u_dim), z_dim)
        self.inference = GaussianNetwork(
            inference_feedforward.construct(input_dim=context_dim + pair_dim), u_dim
        )

    def pair_vectors(self, entities: torch.Tensor) -> torch.Tensor:
        """[e(x); e(y); e(x) o e(y)], `[B, pair_dim]`, for the ids of entities, `[B, 2]`."""
        x, y = self.entity_embedding(entities).unbind(1)
        return torch.cat([x, y, x * y], dim=1)

    def infer(self, pairs: torch.Tensor, words: torch.Tensor, mask: torch.Tensor) -> Gaussian:
        """q(u | x, y, c), `[B, u_dim]`, from the vectors of pairs `[B, pair_dim]` and the ids of
        the words of their contexts, `[B, T]`, with their mask."""
        context = self.context_encoder(self.word_embedding(words), mask)  # h, eqs. 7 to 9
        return self.inference(torch.cat([context.to(pairs.dtype), pairs], dim=1))

    def relation(self, pairs: torch.Tensor, u: torch.Tensor) -> Gaussian:
        """p(z | x, y, u), `[S, B, z_dim]`, from the vectors of pairs `[B, pair_dim]` and samples of
        u, `[S, B, u_dim]`."""
        return self.prior(torch.cat([pairs.expand(len(u), -1, -1), u.to(pairs.dtype)], dim=2))
