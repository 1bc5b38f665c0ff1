from contextlib import contextmanager, nullcontext
from typing import Any, Callable, ContextManager, Iterator, Optional, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules.scalar_mix import ScalarMix
from allennlp.modules.token_embedders import TokenEmbedder
from torch import Tensor
from transformers.modeling_outputs import BaseModelOutput

from bio_ie.encoders import (
    Lora,
    add_lora,
    changed_after,
    checkpoint_layers,
    encoder_layers,
    load_encoder,
    mask_id,
    reads_left_to_right,
    trained_on_words_one_by_one,
)
from bio_ie.modules.piece_places import PiecePlaces
from bio_ie.modules.precision import WideProducts, at_least_single, bfloat16_products
from bio_ie.modules.token_embedders.sub_token_pooling import SUB_TOKEN_MODES, pool_sub_tokens

LayerChange = Callable[[Tensor, PiecePlaces], Tensor]
"""Gives the vectors `[windows, pieces, H]` between two layers of an encoder new values."""


@TokenEmbedder.register("pretrained_transformer_words")
class PretrainedTransformerWordsEmbedder(TokenEmbedder):
    """Gives each word one vector from a pretrained transformer: the first, the last, the mean or
    the maximum of the vectors of its wordpieces, and zero for a word without wordpieces.

    A causal decoder (Llama, Qwen) reads a text from left to right, so the vectors of a word do not
    know the words after it, nor does its first piece know its last one.

    Its input is the output of `PretrainedTransformerWordsIndexer`. The windows of long texts are
    encoded side by side; windows that are only padding are left out.

    Registered as a `TokenEmbedder` with name "pretrained_transformer_words".

    # Parameters

    model_name : `str`
        A name on the Hugging Face hub, a folder, or `package:NAME/FOLDER`; the same as the
        indexer's.
    sub_token_mode : `str`, optional
        `"first"`, `"last"`, `"mean"` or `"max"`; by default `"first"`, and `"last"` for a causal
        decoder.
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
        float32. In prediction, the `WideProducts` of a model run in bfloat16 too. This pays off on
        current GPUs, and on CPUs with bfloat16 instructions (`avx512_bf16`).
    dtype : `str`, optional (default = `"float32"`)
        The type of the encoder's weights: `"float32"`, `"bfloat16"` or `"float16"`, whatever that
        of its files is. Weights of half precision take half of the memory, and their training is
        less exact; the output is float32.
    lora : `Lora`, optional
        Trains adapters in place of the encoder's own weights; see `Lora`.
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
        sub_token_mode: Optional[str] = None,
        train_parameters: bool = True,
        last_layer_only: bool = True,
        dropout: Optional[float] = None,
        attention_dropout: Optional[float] = None,
        gradient_checkpointing: bool = False,
        bf16: bool = False,
        dtype: str = "float32",
        lora: Optional[Lora] = None,
        word_dropout: float = 0.0,
        serialization_dir: Optional[str] = None,
    ) -> None:
        super().__init__()
        if sub_token_mode is not None and sub_token_mode not in SUB_TOKEN_MODES:
            raise ConfigurationError(
                f"sub_token_mode must be one of {', '.join(SUB_TOKEN_MODES)}, not "
                f"{sub_token_mode!r}"
            )
        if not 0 <= word_dropout < 1:
            raise ConfigurationError(f"word_dropout {word_dropout} is not a probability below 1")
        if lora is not None and not train_parameters:
            raise ConfigurationError("lora trains an encoder that train_parameters: false freezes")
        self._train_parameters = train_parameters
        self.bf16 = bf16
        self._word_dropout = word_dropout
        self._mask_id = mask_id(model_name, serialization_dir) if word_dropout > 0 else None
        self._change: Optional[Tuple[int, LayerChange]] = None
        self.encoder = load_encoder(
            model_name, serialization_dir, dropout, attention_dropout, dtype
        )
        if not train_parameters:
            self.encoder.requires_grad_(False)
        if lora is not None:
            add_lora(self.encoder, lora)
        config = self.encoder.config
        # Version 0.1.0 knew nothing of decoders.
        is_decoder = reads_left_to_right(config) and not trained_on_words_one_by_one(
            model_name, serialization_dir
        )
        self._sub_token_mode = sub_token_mode or ("last" if is_decoder else "first")
        if gradient_checkpointing:
            checkpoint_layers(self.encoder)
        self.scalar_mix = (
            None if last_layer_only else ScalarMix(config.get_text_config().num_hidden_layers)
        )
        self.train(self.training)

    def get_output_dim(self) -> int:
        return int(self.encoder.config.get_text_config().hidden_size)

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
        slots = slots[is_window]  # [existing windows, pieces]
        with self._changing(slots, num_slots, num_words):
            # [existing windows, pieces, H]
            vectors = self.embed_wordpieces(token_ids[is_window], wordpiece_mask[is_window])
        words = pool_sub_tokens(
            vectors.flatten(0, 1), slots.flatten(), num_slots + 1, self._sub_token_mode
        )
        return words[:num_slots].view(batch_size, num_words, vectors.size(-1))

    @contextmanager
    def changing(self, layer: int, change: LayerChange) -> Iterator[None]:
        """A context manager in which `change` replaces the vectors of wordpieces that a layer of
        the encoder puts out, for the layers above it to read. It is told where the words are.

        # Parameters

        layer : `int`
            The number of the layer; the lowest one is 1.
        change : `Callable[[Tensor, PiecePlaces], Tensor]`
        """
        self._change = layer, change
        try:
            yield
        finally:
            self._change = None

    @property
    def num_layers(self) -> int:
        """The number of the encoder's layers."""
        return len(encoder_layers(self.encoder))

    def _changing(self, slots: Tensor, num_slots: int, num_words: int) -> ContextManager[None]:
        if self._change is None:
            return nullcontext()
        layer, change = self._change
        places = PiecePlaces.of_slots(slots, num_slots, num_words)
        return changed_after(self.encoder, layer, lambda vectors: change(vectors, places))

    def embed_wordpieces(self, token_ids: Tensor, mask: Tensor) -> Tensor:
        """Vectors of wordpieces, `[windows, pieces, H]`, from ids and mask `[windows, pieces]`."""
        output = self.encode(token_ids, mask, output_hidden_states=self.scalar_mix is not None)
        if self.scalar_mix is not None and output.hidden_states is not None:
            # The first of the hidden states is the input of the first layer.
            return at_least_single(self.scalar_mix(list(output.hidden_states[1:])))
        vectors: Any = output.last_hidden_state
        return at_least_single(vectors)

    def encode(
        self,
        token_ids: Tensor,
        mask: Tensor,
        output_hidden_states: bool = False,
        output_attentions: bool = False,
    ) -> BaseModelOutput:
        """The output of the encoder itself for ids and mask `[windows, pieces]`."""
        attention = self.encoder.config._attn_implementation
        if output_attentions:
            # PyTorch's fused attention has no attention weights.
            self.encoder.set_attn_implementation("eager")
        try:
            with self._gradients(), bfloat16_products(self.bf16, token_ids.device):
                return self.encoder(
                    input_ids=token_ids,
                    attention_mask=mask,
                    output_hidden_states=output_hidden_states,
                    output_attentions=output_attentions,
                )
        finally:
            if output_attentions:
                self.encoder.set_attn_implementation(attention)

    def cast_products_once(self) -> None:
        """With `bf16`, `torch.autocast` casts the weights of products anew in every batch. This
        casts them for good: the vectors stay the same, and prediction is faster. The encoder cannot
        be trained afterwards."""
        if not self.bf16:
            return
        for module in self.encoder.modules():
            if type(module) is torch.nn.Linear:
                module.to(torch.bfloat16)

    def _gradients(self) -> ContextManager[None]:
        # What changes the vectors between layers is trained through the layers above.
        needed = self._train_parameters or self._change is not None
        return nullcontext() if needed else torch.no_grad()


def cast_products_once(model: torch.nn.Module) -> None:
    """`PretrainedTransformerWordsEmbedder.cast_products_once` of every such part of the model. If
    any runs in bfloat16, the `WideProducts` of the model do so too."""
    embedders = [
        module
        for module in model.modules()
        if isinstance(module, PretrainedTransformerWordsEmbedder)
    ]
    for embedder in embedders:
        embedder.cast_products_once()
    for module in model.modules():
        if isinstance(module, WideProducts):
            module.in_bfloat16 = any(embedder.bf16 for embedder in embedders)
