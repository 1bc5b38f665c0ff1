"""Reads the config, tokenizer and weights of a pretrained encoder from a folder or the hub."""

import logging
import os
from pathlib import Path
from typing import Any, Callable

from allennlp.common.checks import ConfigurationError
from transformers import AutoConfig, AutoTokenizer, PretrainedConfig, PreTrainedTokenizerFast

from bio_ie.files.trust import UntrustedArchiveError, is_trusted

logger = logging.getLogger(__name__)


def read_config(source: str) -> PretrainedConfig:
    """The encoder's config, from a folder or hub name. Raises `ConfigurationError` if it cannot be
    read."""
    return from_pretrained(AutoConfig.from_pretrained, source)


def read_tokenizer(source: str) -> PreTrainedTokenizerFast:
    """The encoder's fast tokenizer, which neither truncates nor pads.

    Raises `ConfigurationError` if the tokenizer cannot be read or has no fast implementation.
    """
    tokenizer = from_pretrained(AutoTokenizer.from_pretrained, source)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ConfigurationError(
            f"the encoder {source!r} has no fast tokenizer, only {type(tokenizer).__name__}"
        )
    # Some published tokenizer files switch truncation and padding on.
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    if _loses_case(tokenizer):
        logger.warning(
            "the tokenizer of %s lower-cases its input although its vocabulary has upper case: if "
            'the encoder is a cased one, use a copy of its folder with `"do_lower_case": false` in '
            "tokenizer_config.json",
            source,
        )
    return tokenizer


def _loses_case(tokenizer: PreTrainedTokenizerFast) -> bool:
    """Whether the tokenizer lower-cases its input although its vocabulary has upper case. This is
    so for cased encoders that were published without the settings of their tokenizer."""
    normalizer = tokenizer.backend_tokenizer.normalizer
    if normalizer is None or normalizer.normalize_str("A") != "a":
        return False
    special = set(tokenizer.all_special_tokens)
    return any(piece != piece.lower() for piece in tokenizer.get_vocab() if piece not in special)


def from_pretrained(load: Callable[..., Any], source: str, **kwargs: Any) -> Any:
    is_folder = os.path.isdir(source)
    try:
        return load(source, local_files_only=is_folder, trust_remote_code=is_trusted(), **kwargs)
    except (OSError, ValueError) as error:
        if "trust_remote_code" in str(error):
            raise UntrustedArchiveError(
                f"the encoder {source!r}", "brings its own code for its config or tokenizer"
            ) from error
        tried = (
            f"the folder {source}"
            if is_folder
            else f"the Hugging Face hub and its cache; there is no folder {Path(source).absolute()}"
        )
        raise ConfigurationError(
            f"cannot load the pretrained encoder {source!r} (tried: {tried}): {error}"
        ) from error
