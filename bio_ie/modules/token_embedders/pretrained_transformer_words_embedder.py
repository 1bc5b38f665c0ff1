from contextlib import nullcontext
from typing import Any, ContextManager, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules.scalar_mix import ScalarMix
from allennlp.modules.token_embedders import TokenEmbedder
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutput

from bio_ie.encoders import load_encoder, mask_id

SUB_TOKEN_MODES = ("first", "mean", "max")


@TokenEmbedder.register("pretrained_transformer_words")
class PretrainedTransformerWordsEmbedder(TokenEmbedder):
    """Gives each word one vector from a pretrained transformer: the first, the mean or the maximum
    of the vectors of its wordpieces, and zero for a word without wordpieces.

    Its input is the output of `PretrainedTransformerWordsIndexer`. The windows of long texts are
    encoded side by side; windows that are only padding are left out.

    Registered as a `TokenEmbedder` with name "pretrained_transformer_words".

    # Parameters

    model_name : `str`
        A name on the Hugging Face hub, a folder, or `package:NAME/FOLDER`; the same as the
        indexer's.
    sub_token_mode : `str`, optional (default = `"first"`)
        `"first"`, `"mean"` or `"max"`.
    train_parameters : `bool`, optional (default = `True`)
        If false, the encoder is frozen: it gets no gradient and no dropout.
    last_layer_only : `bool`, optional (default = `True`)
        If false, the layers are mixed with learned weights (`ScalarMix`).
    dropout : `float`, optional
        Replaces all of the encoder's dropout rates. Like `attention_dropout`, it is an error if the
        encoder's family has no place for it.
    attention_dropout : `float`, optional
        Replaces only the dropout rate of attention weights. With 0 these weights are never held in
        memory as a whole (PyTorch's fused attention), which pays off in training with long texts,
        most of all on a CPU.
    gradient_checkpointing : `bool`, optional (default = `False`)
        Computes the layers again in the backward pass rather than keeping them, which takes less
        memory and a third more time.
    bf16 : `bool`, optional (default = `False`)
        Runs the encoder in bfloat16 where that is safe (`torch.autocast`); weights and output stay
        float32. This pays off on current GPUs, and on CPUs with bfloat16 instructions
        (`avx512_bf16`).
    word_dropout : `float`, optional (default = `0.0`)
        In training, the probability to hide a word: all its wordpieces become the encoder's mask.
        The model then learns to recognise names by their context too, for the sake of names that
        training has not seen.
    serialization_dir : `str`, optional
        Given by AllenNLP in training and loading; see `bio_ie.encoders.archived_files`.
    """

    def __init__(
        self,
        model_name: str,
        sub_token_mode: str = "first",
        train_parameters: bool = True,
        last_layer_only: bool = True,
        dropout: Optional[float] = None,
        attention_dropout: Optional[float] = None,
        gradient_checkpointing: bool = False,
        bf16: bool = False,
        word_dropout: float = 0.0,
        serialization_dir: Optional[str] = None,
    ) -> None:
        super().__init__()
        if sub_token_mode not in SUB_TOKEN_MODES:
            raise ConfigurationError(
                f"sub_token_mode must be one of {', '.join(SUB_TOKEN_MODES)}, not "
                f"{sub_token_mode!r}"
            )
        if not 0 <= word_dropout < 1:
            raise ConfigurationError(f"word_dropout {word_dropout} is not a probability below 1")
        self._sub_token_mode = sub_token_mode
        self._train_parameters = train_parameters
        self._bf16 = bf16
        self._word_dropout = word_dropout
        self._mask_id = mask_id(model_name, serialization_dir) if word_dropout > 0 else None
        self.encoder = load_encoder(model_name, serialization_dir, dropout, attention_dropout)
        self.encoder.requires_grad_(train_parameters)
        if gradient_checkpointing:
            self.encoder.gradient_checkpointing_enable({"use_reentrant": False})
        self.scalar_mix = (
            None if last_layer_only else ScalarMix(self.encoder.config.num_hidden_layers)
        )
        self.train(self.training)

    def get_output_dim(self) -> int:
        return self.encoder.config.hidden_size

    def train(self, mode: bool = True) -> "PretrainedTransformerWordsEmbedder":
        super().train(mode)
        self.encoder.train(mode and self._train_parameters)
        return self

    def forward(
        self, token_ids: Tensor, wordpiece_mask: Tensor, word_ids: Tensor, mask: Tensor
    ) -> Tensor:
        """
        # Parameters

        token_ids : `torch.LongTensor`
            Wordpieces by window, special ones included. Shape: `[batch, windows, pieces]`.
        wordpiece_mask : `torch.BoolTensor`
            Same shape.
        word_ids : `torch.LongTensor`
            The word that each wordpiece counts for, or -1. Same shape.
        mask : `torch.BoolTensor`
            Shape: `[batch, words]`.

        # Returns

        `torch.FloatTensor`
            Shape: `[batch, words, get_output_dim()]`.
        """
        batch_size, num_words = mask.shape
        num_slots = batch_size * num_words
        first_slots = num_words * torch.arange(batch_size, device=mask.device)[:, None, None]
        # The last slot takes the pieces of no word: special pieces, padding, and the pieces that
        # count in another window.
        slots = torch.where(word_ids < 0, num_slots, word_ids + first_slots)
        if self.training and self._mask_id is not None:
            is_hidden = torch.rand(num_slots + 1, device=mask.device) < self._word_dropout
            is_hidden[num_slots] = False
            token_ids = token_ids.masked_fill(is_hidden[slots], self._mask_id)
        # In the common case of one window per text, all windows exist: no need to ask the device.
        is_window: Any = wordpiece_mask[:, :, 0] if token_ids.size(1) > 1 else (slice(None), 0)
        # [existing windows, pieces, H]
        vectors = self.embed_wordpieces(token_ids[is_window], wordpiece_mask[is_window])
        words = self._pool(vectors.flatten(0, 1), slots[is_window].flatten(), num_slots + 1)
        return words[:num_slots].view(batch_size, num_words, vectors.size(-1))

    def embed_wordpieces(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Vectors of wordpieces, `[windows, pieces, H]`, from ids and mask `[windows, pieces]`."""
        output = self.encode(token_ids, mask, output_hidden_states=self.scalar_mix is not None)
        if self.scalar_mix is None:
            vectors = output.last_hidden_state
        else:
            # The first of the hidden states is the input of the first layer.
            vectors = self.scalar_mix(output.hidden_states[1:])
        return vectors.float() if self._bf16 else vectors

    def encode(
        self,
        token_ids: Tensor,
        mask: Tensor,
        output_hidden_states: bool = False,
        output_attentions: bool = False,
    ) -> BaseModelOutput:
        """The output of the encoder itself for ids and mask `[windows, pieces]`."""
        with self._gradients(), self._precision(token_ids.device):
            return self.encoder(
                input_ids=token_ids,
                attention_mask=mask,
                output_hidden_states=output_hidden_states,
                output_attentions=output_attentions,
            )

    def _gradients(self) -> ContextManager[None]:
        return nullcontext() if self._train_parameters else torch.no_grad()

    def _precision(self, device: torch.device) -> ContextManager[None]:
        return torch.autocast(device.type, dtype=torch.bfloat16) if self._bf16 else nullcontext()

    def _pool(self, vectors: Tensor, slots: Tensor, num_slots: int) -> Tensor:
        """Reduces `vectors` `[pieces, H]` by `slots` `[pieces]` to `[num_slots, H]`; a slot without
        pieces is zero."""
        if self._sub_token_mode == "first":
            return _first_of_each(vectors, slots, num_slots)
        index = slots[:, None].expand_as(vectors)
        zeros = vectors.new_zeros(num_slots, vectors.size(1))
        if self._sub_token_mode == "max":
            return zeros.scatter_reduce(0, index, vectors, "amax", include_self=False)
        # `scatter_reduce` can compute the mean too, but its gradient takes 70 times as long.
        counts = vectors.new_zeros(num_slots).scatter_add(0, slots, torch.ones_like(vectors[:, 0]))
        return zeros.scatter_add(0, index, vectors) / counts.clamp(min=1.0)[:, None]


def _first_of_each(vectors: Tensor, slots: Tensor, num_slots: int) -> Tensor:
    positions = torch.arange(len(slots), device=slots.device)
    none = len(slots)
    first = torch.full((num_slots,), none, device=slots.device).scatter_reduce(
        0, slots, positions, "amin"
    )
    selected = vectors.index_select(0, first.clamp(max=none - 1))
    return selected.masked_fill((first == none)[:, None], 0.0)
