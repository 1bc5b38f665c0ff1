"""The language model that generates a sentence from a relation (equations 4 and 5)."""

from typing import List, NamedTuple, Optional

import torch
from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError
from allennlp.modules import FeedForward
from allennlp.modules.token_embedders import Embedding
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from bio_ie.models.relvm.representation.vocabulary_softmax import VocabularySoftmax
from bio_ie.modules.packed_lstm import PackedLSTM

NOTHING = -1
"""Stands for the word before the first word, and for a dropped word. Its vector is 0."""


class _Steps(NamedTuple):
    """The words of all sentences, flat, in the order of a `PackedSequence`; no padding."""

    word: torch.Tensor
    """`[n]`, the word to predict."""
    previous: torch.Tensor
    """`[n]`, the word before it, or `NOTHING`."""
    row: torch.Tensor
    """`[n]`, the sentence of the word."""
    packed: PackedSequence
    """The layout of the words."""


class LatentDecoder(torch.nn.Module, FromParams):
    """p(c | z): an LSTM that gets the relation z at every step (Shah and Fauqueur 2020, section
    2.1).

        h_t = LSTM(z, h_(t-1), e(c_(t-1)))                    (5), with 0 for e(c_0)
        p(c_t = v | c_(1:t-1), z) ~ exp((W h_t) . e(v))       (4)

    In training each e(c_(t-1)) is dropped as a whole with a probability of `token_dropout` (section
    4.1.2) and the others stay as they are, so that the LSTM has to rely on z. Sentences are packed:
    neither the LSTM nor the softmax sees padding.

    # Parameters

    latent_dim : `int`
        The size of z; given by the model.
    embedding_dim : `int`
        The size of e(v); given by the model.
    hidden_dim : `int`
        The size of h.
    token_dropout : `float`, optional (default = `0.5`)
    latent_feedforward : `FeedForward`, optional
        Applied to z before the LSTM gets it, as in the released code. By default the LSTM gets z
        itself.
    latent_in_output : `bool`, optional (default = `False`)
        Whether to use W [h_t; z] in place of W h_t, as in the released code.
    max_logits, adaptive_cutoffs : optional
        See `VocabularySoftmax`.
    """

    def __init__(
        self,
        latent_dim: int,
        embedding_dim: int,
        hidden_dim: int,
        token_dropout: float = 0.5,
        latent_feedforward: Optional[FeedForward] = None,
        latent_in_output: bool = False,
        max_logits: int = 2**25,
        adaptive_cutoffs: Optional[List[int]] = None,
    ) -> None:
        super().__init__()
        if not 0 <= token_dropout <= 1:
            raise ConfigurationError(f"token_dropout {token_dropout} is not a probability")
        if latent_feedforward is not None and latent_feedforward.get_input_dim() != latent_dim:
            raise ConfigurationError(
                f"latent_feedforward takes vectors of size {latent_feedforward.get_input_dim()}, "
                f"but z has size {latent_dim}"
            )
        self.token_dropout = token_dropout
        self.latent_feedforward = latent_feedforward
        self.latent_in_output = latent_in_output
        step_dim = latent_feedforward.get_output_dim() if latent_feedforward else latent_dim
        self.lstm = PackedLSTM(step_dim + embedding_dim, hidden_dim)
        self.softmax = VocabularySoftmax(
            hidden_dim + (latent_dim if latent_in_output else 0),
            embedding_dim,
            max_logits,
            adaptive_cutoffs,
        )

    def forward(
        self, words: torch.Tensor, mask: torch.Tensor, z: torch.Tensor, embedding: Embedding
    ) -> torch.Tensor:
        """
        # Parameters

        words, mask : `torch.Tensor`
            `[B, T]`, ids of words; no sentence is empty.
        z : `torch.Tensor`
            `[S, B, latent_dim]`, some samples for each sentence.
        embedding : `Embedding`
            e, the vectors of words in input and output.

        # Returns

        `torch.Tensor`
            `[S, B]`, log p(c | z), the sum over the words of a sentence.
        """
        num_samples, num_rows, _ = z.shape
        steps = self._steps(words.repeat(num_samples, 1), mask.repeat(num_samples, 1))
        z = z.flatten(0, 1)  # [S * B, latent_dim]
        step_z = z if self.latent_feedforward is None else self.latent_feedforward(z)
        is_word = (steps.previous != NOTHING).unsqueeze(1)
        previous = embedding(steps.previous.clamp(min=0)) * is_word  # e(c_(t-1)), [n, E]
        inputs = torch.cat([step_z[steps.row].to(previous.dtype), previous], dim=1)
        hidden = self.lstm(steps.packed._replace(data=inputs))[0].data  # h, [n, hidden_dim]
        if self.latent_in_output:
            hidden = torch.cat([hidden, z[steps.row].to(hidden.dtype)], dim=1)
        log_p = self.softmax(hidden, steps.word, embedding.weight)  # eq. 4, [n]
        of_rows = log_p.new_zeros(len(z)).scatter_add(0, steps.row, log_p)
        return of_rows.view(num_samples, num_rows)

    def _steps(self, words: torch.Tensor, mask: torch.Tensor) -> _Steps:
        previous = words.roll(1, dims=1)
        previous[:, 0] = NOTHING
        if self.training and self.token_dropout:
            dropped = torch.rand(words.shape, device=words.device) < self.token_dropout
            previous = previous.masked_fill(dropped, NOTHING)
        row = torch.arange(len(words), device=words.device).unsqueeze(1).expand_as(words)
        # The only copy to the host: packing needs the lengths there.
        packed = pack_padded_sequence(
            torch.stack([words, previous, row], dim=2),
            mask.sum(1).cpu(),
            batch_first=True,
            enforce_sorted=False,
        )
        packed_words, packed_previous, packed_rows = packed.data.unbind(1)
        return _Steps(packed_words, packed_previous, packed_rows, packed)
