"""Reads the config, tokenizer and weights of a pretrained encoder from a folder or the hub."""

import logging
import os
from pathlib import Path
from typing import Any, Callable

import httpx
from allennlp.common.checks import ConfigurationError
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from transformers import AutoConfig, AutoTokenizer, PretrainedConfig, PreTrainedTokenizerFast

from bio_ie.encoders.hub import hub_is_reachable, why_unreachable
from bio_ie.files.trust import UntrustedArchiveError, is_trusted

_LOADING_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    LookupError,
    RuntimeError,
    ImportError,
    httpx.HTTPError,
    SafetensorError,
    StrictDataclassError,
)
"""What the library raises for encoders that it cannot find, download, read or build."""

logger = logging.getLogger(__name__)


def read_config(source: str) -> PretrainedConfig:
    """The encoder's config, from a folder or hub name. Raises `ConfigurationError` if it cannot be
    read."""
    return from_pretrained(AutoConfig.from_pretrained, source)


def read_tokenizer(source: str) -> PreTrainedTokenizerFast:
    """The encoder's fast tokenizer, which neither truncates nor pads.

    Raises `ConfigurationError` if the tokenizer cannot be read, is missing, or has no fast
    implementation.
    """
    tokenizer = from_pretrained(AutoTokenizer.from_pretrained, source)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ConfigurationError(
            f"the encoder {source!r} has no fast tokenizer, only {type(tokenizer).__name__}"
        )
    if len(set(tokenizer.get_vocab()) - set(tokenizer.all_special_tokens)) < 2:
        # Without its files, a tokenizer is made that knows no words.
        raise ConfigurationError(f"the encoder {source!r} has no tokenizer")
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
    """What `load`, a `from_pretrained` of transformers, makes of a folder or of a hub name.

    Raises `ConfigurationError` whatever keeps it from loading. Nothing is asked of the network for
    a folder. Without a network, a hub name can still be in the hub's cache."""
    is_folder = os.path.isdir(source)
    is_local = is_folder or not hub_is_reachable()
    try:
        return load(source, local_files_only=is_local, trust_remote_code=is_trusted(), **kwargs)
    except _LOADING_ERRORS as error:
        if "trust_remote_code" in str(error):
            raise UntrustedArchiveError(
                f"the encoder {source!r}", "brings its own code for its config or tokenizer"
            ) from error
        raise ConfigurationError(
            f"cannot load the pretrained encoder {source!r}: {_reason(source, is_local, error)}"
        ) from error


def _reason(source: str, is_local: bool, error: Exception) -> str:
    # The library's messages are of several lines.
    told = " ".join(str(error).split()) or type(error).__name__
    if os.path.isdir(source):
        return f"the folder {source} cannot be read: {told}"
    no_folder = f"there is no folder {Path(source).absolute()}"
    if is_local:
        return f"{no_folder}, it is not in the cache, and {why_unreachable()}"
    return f"{no_folder}, and of the Hugging Face hub: {told}"
