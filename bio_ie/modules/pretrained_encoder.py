"""Where a pretrained encoder's files come from, and how they travel in a trained archive.

An encoder is named in a config by a name of the Hugging Face hub, by a folder, or by
`package:NAME/FOLDER`, a folder inside an installed Python package. In training, its config and
tokenizer files are copied to `SERIALIZATION_DIR/encoder/`; an archive made with
`include_in_archive: ["encoder"]` is then complete: it loads where the folder is gone and the hub
is out of reach.
"""

import hashlib
import importlib.util
import logging
import os
import re
import tempfile
from pathlib import Path
from typing import Any, Callable, Optional, Sequence, Union

from allennlp.common.checks import ConfigurationError
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)
from transformers.modeling_utils import no_init_weights
from transformers.utils import logging as transformers_logging

logger = logging.getLogger(__name__)

PathOrName = Union[str, "os.PathLike[str]"]

PACKAGE_PREFIX = "package:"
ARCHIVED_FOLDER = "encoder"
"""What a config lists in `include_in_archive`."""
TRAINED_WEIGHTS = ("weights.th", "best.th")
"""Files that AllenNLP loads into a model built in their folder."""
ATTENTION_DROPOUT_SETTINGS = ("attention_probs_dropout_prob", "attention_dropout")
DROPOUT_SETTINGS = ("hidden_dropout_prob", "dropout", *ATTENTION_DROPOUT_SETTINGS)
"""What encoder families call their dropout rates."""


def locate_encoder(model_name: str) -> str:
    """The folder that `model_name` means, or `model_name` itself if it can only be a hub name.

    Raises `ConfigurationError` for a package that is not installed and for a path without folder.
    """
    if model_name.startswith(PACKAGE_PREFIX):
        return str(_package_folder(model_name))
    folder = Path(model_name).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    if folder.is_absolute() or model_name.startswith((".", "~")) or model_name.count("/") > 1:
        raise ConfigurationError(f"no folder {folder.absolute()} for the encoder {model_name!r}")
    return model_name


def _package_folder(model_name: str) -> Path:
    package, _, inner = model_name[len(PACKAGE_PREFIX) :].partition("/")
    spec = importlib.util.find_spec(package) if package.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            f"the encoder {model_name!r} is in the Python package {package!r}, which is not "
            "installed"
        )
    folders = [Path(location) / inner for location in spec.submodule_search_locations]
    for folder in folders:
        if folder.is_dir():
            return folder
    raise ConfigurationError(f"no folder {folders[0]} for the encoder {model_name!r}")


def encoder_files(model_name: str, serialization_dir: Optional[PathOrName] = None) -> str:
    """The folder or hub name from which to read config and tokenizer of `model_name`.

    With a `serialization_dir` that is its subfolder for this encoder, which is filled now if a
    training begins there. Without one, or with that of an archive made without encoder files, it
    is the encoder itself.
    """
    if serialization_dir is None:
        return locate_encoder(model_name)
    saved = archived_encoder(model_name, serialization_dir)
    if saved.is_dir():
        return str(saved)
    if not has_trained_weights(serialization_dir):
        _save_encoder_files(model_name, saved)
        return str(saved)
    try:
        return locate_encoder(model_name)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error}; nor are its files in {saved}: list "
            f'`include_in_archive: ["{ARCHIVED_FOLDER}"]` in the config of the training'
        ) from error


def archived_encoder(model_name: str, serialization_dir: PathOrName) -> Path:
    """Where the files of `model_name` are kept under `serialization_dir`.

    The folder's name is readable, safe on any file system, and differs for different names.
    """
    readable = re.sub(r"[^A-Za-z0-9]+", "-", model_name).strip("-")[-40:]
    digest = hashlib.sha256(model_name.encode("utf-8")).hexdigest()[:8]
    return Path(serialization_dir) / ARCHIVED_FOLDER / f"{readable}-{digest}"


def has_trained_weights(serialization_dir: PathOrName) -> bool:
    """Whether AllenNLP will load trained weights into a model built in `serialization_dir`.

    The folder of a training that was killed before its first checkpoint has none: the model then
    still needs its pretrained weights.
    """
    return any(Path(serialization_dir, name).exists() for name in TRAINED_WEIGHTS)


def _save_encoder_files(model_name: str, folder: Path) -> None:
    source = locate_encoder(model_name)
    config, tokenizer = read_config(source), read_tokenizer(source)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Distributed workers come here at once, and any of them may be killed: the folder is made
    # aside, outside of what is archived, and appears complete or not at all.
    with tempfile.TemporaryDirectory(dir=folder.parent.parent, prefix=".encoder-") as aside:
        complete = Path(aside) / folder.name
        config.save_pretrained(complete)
        tokenizer.save_pretrained(complete)
        try:
            os.replace(complete, folder)
        except OSError:
            if not folder.is_dir():
                raise


def read_config(source: str) -> PretrainedConfig:
    """The encoder's config, from a folder or hub name. Raises `ConfigurationError`."""
    return _from_pretrained(AutoConfig.from_pretrained, source)


def read_tokenizer(source: str) -> PreTrainedTokenizerFast:
    """The encoder's fast tokenizer, which neither truncates nor pads.

    Raises `ConfigurationError` if it cannot be read or has no fast implementation.
    """
    tokenizer = _from_pretrained(AutoTokenizer.from_pretrained, source)
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        raise ConfigurationError(
            f"the encoder {source!r} has no fast tokenizer, only {type(tokenizer).__name__}"
        )
    # Some published tokenizer files come with both switched on.
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    if _loses_case(tokenizer):
        logger.warning(
            "the tokenizer of %s lower-cases although its vocabulary has upper case: if the "
            'encoder is a cased one, use a copy of its folder with `"do_lower_case": false` in '
            "tokenizer_config.json",
            source,
        )
    return tokenizer


def mask_id(model_name: str, serialization_dir: Optional[PathOrName] = None) -> int:
    """The id of the encoder's mask token, by which its pretraining hid words.

    Raises `ConfigurationError` if it has none.
    """
    tokenizer = read_tokenizer(encoder_files(model_name, serialization_dir))
    if tokenizer.mask_token_id is None:
        raise ConfigurationError(f"the encoder {model_name!r} has no mask token")
    return int(tokenizer.mask_token_id)


def _loses_case(tokenizer: PreTrainedTokenizerFast) -> bool:
    """True of cased encoders that were published without their tokenizer's settings."""
    normalizer = tokenizer.backend_tokenizer.normalizer
    if normalizer is None or normalizer.normalize_str("A") != "a":
        return False
    special = set(tokenizer.all_special_tokens)
    return any(piece != piece.lower() for piece in tokenizer.get_vocab() if piece not in special)


def load_encoder(
    model_name: str,
    serialization_dir: Optional[PathOrName] = None,
    dropout: Optional[float] = None,
    attention_dropout: Optional[float] = None,
) -> PreTrainedModel:
    """The encoder, without the pooling layer that some have on top.

    Its weights are the pretrained ones, unless `serialization_dir` holds trained weights: then
    they are undefined, for the caller to load, and the pretrained ones need not exist any more.

    # Parameters

    model_name : `str`
    serialization_dir : `str`, optional
        Of the training or archive; see `encoder_files`.
    dropout : `float`, optional
        Replaces the encoder's own dropout rates.
    attention_dropout : `float`, optional
        Replaces that of attention weights alone; goes before `dropout`.
    """
    config = read_config(encoder_files(model_name, serialization_dir))
    if dropout is not None:
        _set_dropout(config, "dropout", dropout, DROPOUT_SETTINGS)
    if attention_dropout is not None:
        _set_dropout(config, "attention_dropout", attention_dropout, ATTENTION_DROPOUT_SETTINGS)
    if serialization_dir is not None and has_trained_weights(serialization_dir):
        with no_init_weights():
            encoder = AutoModel.from_config(config)
    else:
        encoder = _with_pretrained_weights(locate_encoder(model_name), config)
    # Its output is not used, and a parameter without gradient stops distributed training.
    if getattr(encoder, "pooler", None) is not None:
        encoder.pooler = None
    return encoder


def _with_pretrained_weights(source: str, config: PretrainedConfig) -> PreTrainedModel:
    # transformers only warns of weights that are missing, the unused pooling layer's included.
    verbosity = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    try:
        encoder, loading = _from_pretrained(
            AutoModel.from_pretrained, source, config=config, output_loading_info=True
        )
    finally:
        transformers_logging.set_verbosity(verbosity)
    missing = [name for name in loading["missing_keys"] if not name.startswith("pooler.")]
    if missing:
        raise ConfigurationError(
            f"the weights of the pretrained encoder {source!r} lack {', '.join(missing)}"
        )
    return encoder


def _set_dropout(config: PretrainedConfig, name: str, rate: float, settings: Sequence[str]) -> None:
    if not 0.0 <= rate < 1.0:
        raise ConfigurationError(f"{name} must be at least 0 and less than 1, not {rate}")
    known = [setting for setting in settings if hasattr(config, setting)]
    if not known:
        raise ConfigurationError(f"no {name} to set in an encoder of type {config.model_type!r}")
    for setting in known:
        setattr(config, setting, rate)


def _from_pretrained(load: Callable[..., Any], source: str, **kwargs: Any) -> Any:
    is_folder = os.path.isdir(source)
    try:
        return load(source, local_files_only=is_folder, **kwargs)
    except (OSError, ValueError) as error:
        tried = (
            f"the folder {source}"
            if is_folder
            else f"no folder {Path(source).absolute()}; the Hugging Face hub's cache and the hub"
        )
        raise ConfigurationError(
            f"cannot load the pretrained encoder {source!r} (tried: {tried}): {error}"
        ) from error
