"""Loads a pretrained encoder as a module, with its weights, dropout and mask token."""

import contextlib
import os
from typing import Any, Iterator, Optional

import torch
from allennlp.common.checks import ConfigurationError
from transformers import (
    MODEL_FOR_CAUSAL_LM_MAPPING,
    MODEL_FOR_MASKED_LM_MAPPING,
    MODEL_FOR_TEXT_ENCODING_MAPPING,
    AutoModel,
    AutoModelForTextEncoding,
    PretrainedConfig,
    PreTrainedModel,
)
from transformers.initialization import no_init_weights
from transformers.utils import logging as transformers_logging

from bio_ie.encoders.archived_files import PathOrName, encoder_files, has_trained_weights
from bio_ie.encoders.dropout import set_dropout
from bio_ie.encoders.location import locate_encoder
from bio_ie.encoders.reading import from_pretrained, read_config, read_tokenizer
from bio_ie.files.trust import is_trusted

DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}
"""The types of weights that a config can name."""


def mask_id(model_name: str, serialization_dir: Optional[PathOrName] = None) -> int:
    """The id of the encoder's mask token, which hid words in its pretraining.

    Raises `ConfigurationError` if the encoder has no mask token.
    """
    tokenizer = read_tokenizer(encoder_files(model_name, serialization_dir))
    if tokenizer.mask_token_id is None:
        raise ConfigurationError(f"the encoder {model_name!r} has no mask token")
    return int(tokenizer.mask_token_id)


def reads_left_to_right(config: PretrainedConfig) -> bool:
    """Whether the encoder is a causal decoder, whose vector of a piece knows only what stands
    before it."""
    config = config.get_text_config()
    kind = type(config)
    return (
        kind in MODEL_FOR_CAUSAL_LM_MAPPING
        and kind not in MODEL_FOR_MASKED_LM_MAPPING
        and config.model_type != "xlnet"
        # EmbeddingGemma is a Gemma that sees both sides.
        and not getattr(config, "use_bidirectional_attention", False)
    )


def load_encoder(
    model_name: str,
    serialization_dir: Optional[PathOrName] = None,
    dropout: Optional[float] = None,
    attention_dropout: Optional[float] = None,
    dtype: str = "float32",
) -> PreTrainedModel:
    """Loads the encoder, without the pooling layer that some encoders have on top.

    The encoder gets its pretrained weights, unless `serialization_dir` holds trained weights. In
    that case its weights are undefined, the caller has to load the trained ones, and the pretrained
    ones need not exist any more.

    # Parameters

    model_name : `str`
    serialization_dir : `str`, optional
        The folder of the training or archive; see `encoder_files`.
    dropout, attention_dropout : `float`, optional
        See `set_dropout`.
    dtype : `str`, optional (default = `"float32"`)
        The type of the weights, `"float32"`, `"bfloat16"` or `"float16"`, whatever that of the
        files is.
    """
    if dtype not in DTYPES:
        raise ConfigurationError(f"dtype must be one of {', '.join(DTYPES)}, not {dtype!r}")
    config = read_config(encoder_files(model_name, serialization_dir))
    set_dropout(config.get_text_config(), dropout, attention_dropout)
    # A decoder would keep what it computes for the pieces to come, and there are none.
    config.get_text_config().use_cache = False
    if serialization_dir is not None and has_trained_weights(serialization_dir):
        with no_init_weights():
            encoder = _model_class(config).from_config(
                config, dtype=DTYPES[dtype], trust_remote_code=is_trusted()
            )
    else:
        encoder = _with_pretrained_weights(locate_encoder(model_name), config, DTYPES[dtype])
    # What is not used has no gradient, and such a parameter stops distributed training: the pooler,
    # and what Longformer has for pieces that see the whole text.
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None
    for name, parameter in encoder.named_parameters():
        if "_global." in name:
            parameter.requires_grad_(False)
    return encoder


def _model_class(config: PretrainedConfig) -> Any:
    """The class of models that has no decoder, which T5's models have otherwise."""
    if type(config) in MODEL_FOR_TEXT_ENCODING_MAPPING:
        return AutoModelForTextEncoding
    if config.is_encoder_decoder:
        raise ConfigurationError(
            f"an encoder of type {config.model_type!r} cannot be had without its decoder"
        )
    return AutoModel


def _with_pretrained_weights(
    source: str, config: PretrainedConfig, dtype: torch.dtype
) -> PreTrainedModel:
    with _quiet(source):
        encoder, loading = from_pretrained(
            _model_class(config).from_pretrained,
            source,
            config=config,
            dtype=dtype,
            output_loading_info=True,
        )
    missing = [name for name in loading["missing_keys"] if not name.startswith("pooler.")]
    if missing:
        raise ConfigurationError(
            f"the pretrained encoder {source!r} has no weights for {', '.join(missing)}"
        )
    return encoder


@contextlib.contextmanager
def _quiet(source: str) -> Iterator[None]:
    """A context manager in which transformers tells nothing but errors. For missing weights it only
    gives a warning, even for those of the unused pooling layer; here they are an error. It shows
    its progress where weights may be downloaded; those of a folder are there at once."""
    verbosity = transformers_logging.get_verbosity()
    shows_progress = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    if shows_progress and os.path.isdir(source):
        transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        if shows_progress:
            transformers_logging.enable_progress_bar()
