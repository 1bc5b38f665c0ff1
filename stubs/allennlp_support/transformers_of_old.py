"""Tokenizers and pretrained models of transformers 5, as AllenNLP's own parts expect them."""

import functools
from typing import Any, Callable

import torch
from transformers import AutoModel


class Float32AutoModel:
    """`AutoModel`, but it loads weights in float32 unless its options name another type.
    transformers 5 loads them in the type of the checkpoint, and training in half precision by
    accident is a loss that nothing tells of."""

    @staticmethod
    def from_pretrained(*arguments: Any, **options: Any) -> Any:
        return AutoModel.from_pretrained(*arguments, **_with_type(options))

    @staticmethod
    def from_config(*arguments: Any, **options: Any) -> Any:
        return AutoModel.from_config(*arguments, **_with_type(options))


def _with_type(options: "dict[str, Any]") -> "dict[str, Any]":
    return options if "torch_dtype" in options else {"dtype": torch.float32, **options}


def earlier_tokenizers(get_tokenizer: Callable[..., Any]) -> Callable[..., Any]:
    """`get_tokenizer` for AllenNLP's parts: tokenizers with the method `encode_plus`, made without
    the option `add_special_tokens`. AllenNLP gives that option again whenever it encodes a text."""

    @functools.wraps(get_tokenizer)
    def get(model_name: str, add_special_tokens: bool = True, **options: Any) -> Any:
        tokenizer = get_tokenizer(model_name, **options)
        if not hasattr(tokenizer, "encode_plus"):
            tokenizer.encode_plus = tokenizer.__call__
        return tokenizer

    return get
