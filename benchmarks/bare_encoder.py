"""An encoder with the size of a pretrained one but random weights, inside a model and alone."""

from typing import Any, Callable, Dict, List, Tuple

import torch
from allennlp.common import Params
from allennlp.data import TextFieldTensors, Vocabulary
from allennlp.modules import TextFieldEmbedder, TokenEmbedder
from allennlp.modules.text_field_embedders import BasicTextFieldEmbedder
from torch import Tensor
from torch.utils.hooks import RemovableHandle
from transformers import BertConfig, BertModel

from benchmarks.sentences import CHECKOUT
from benchmarks.timing import NotMeasured
from bio_ie.modules.token_embedders import PretrainedTransformerWordsEmbedder


def measured_device(device: str) -> torch.device:
    """The device with this name. Raises `NotMeasured` if there is no such device."""
    if device == "cuda" and not torch.cuda.is_available():
        raise NotMeasured("no CUDA device")
    return torch.device(device)


def waiting_for(device: torch.device) -> Callable[[], None]:
    """A function that waits until the work of `device` is done. On a CPU, it does nothing, because
    work is done when a call returns."""
    return torch.cuda.synchronize if device.type == "cuda" else lambda: None


class BareEncoder:
    """An encoder with random weights. The time that it takes does not depend on the weights.

    # Parameters

    config : `BertConfig`
        It must have at least as many wordpieces as the embedded encoder, whose tokenizer is used.
    bf16 : `bool`
        As in `PretrainedTransformerWordsEmbedder`.
    """

    def __init__(self, config: BertConfig, bf16: bool) -> None:
        self._bf16 = bf16
        self._embedder = PretrainedTransformerWordsEmbedder(
            str(CHECKOUT / "fixtures" / "encoders" / "tiny_bert"), bf16=bf16
        )
        self._embedder.encoder = BertModel(config, add_pooling_layer=False)

    def text_field_embedder(self, params: Params, vocab: Vocabulary) -> TextFieldEmbedder:
        """The text field embedder of a model's `params`, with this encoder in place of its own."""
        embedders = params.pop("token_embedders")
        others = {
            name: TokenEmbedder.from_params(embedders[name], vocab=vocab)
            for name in embedders
            if name != "tokens"
        }
        return BasicTextFieldEmbedder({"tokens": self._embedder, **others})

    def on_call(self, act: Callable[[Dict[str, Any]], Any]) -> RemovableHandle:
        """Calls `act` with the inputs of each call of the encoder, until the handle is removed."""
        return self._embedder.encoder.register_forward_pre_hook(
            lambda _, args, kwargs: act(kwargs) and None, with_kwargs=True
        )

    @torch.no_grad()
    def share(
        self, text_field_embedder: TextFieldEmbedder, words: TextFieldTensors
    ) -> Tuple[Dict[str, Any], Tensor]:
        """The inputs that `text_field_embedder` gives to this encoder for these words, and the
        encoder's output."""
        calls: List[Tuple[Dict[str, Any], Tensor]] = []
        hook = self._embedder.encoder.register_forward_hook(
            lambda _, args, kwargs, output: calls.append((kwargs, output.last_hidden_state)),
            with_kwargs=True,
        )
        text_field_embedder(words)
        hook.remove()
        return calls[0]

    def __call__(self, inputs: Dict[str, Any]) -> Tensor:
        """The encoder's output for the inputs that `share` returned."""
        device = inputs["input_ids"].device.type
        with torch.autocast(device, dtype=torch.bfloat16, enabled=self._bf16):
            return self._embedder.encoder(**inputs).last_hidden_state
