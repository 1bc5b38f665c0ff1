"""Makes AllenNLP check every archive that it loads (`checked_archive`).

AllenNLP loads archives in many places: for its commands, for a model of the type `from_archive`,
for a part with `_pretrained`, for an initializer with pretrained weights. All of them go through
`load_archive` or `extracted_archive`. So `bio_ie.startup.replacements` replaces what these two call
by the functions here. The check then holds for `bio-ie`, for `allennlp` with this plugin, and in
Python.
"""

import contextlib
import os
import pickle
from typing import Any, Callable, ContextManager, Iterator, Tuple
from unittest import mock

import allennlp.common.util
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader
from allennlp.models import Model
from transformers import dynamic_module_utils

from bio_ie.archives.archive_files import check_weights
from bio_ie.archives.checked_archive import archive_of, check_folder, checked_archive
from bio_ie.archives.experiment import loading
from bio_ie.files.trust import UntrustedArchiveError, is_trusted, trusting


def checked_path(cached_path: Callable[[Any], str], archive_file: Any) -> str:
    """In place of AllenNLP's `cached_path`, where archives are concerned."""
    path = str(cached_path(archive_file))
    if os.path.isdir(path):
        check_folder(path, str(archive_file))
    return path


def extracted_archive(
    extract: Callable[..., Any], archive_file: Any, cleanup: bool = True
) -> ContextManager[str]:
    """`checked_archive`, in place of AllenNLP's `extracted_archive`."""
    return checked_archive(archive_file, cleanup)


def built_readers(
    load_readers: Callable[..., Tuple[DatasetReader, DatasetReader]],
    config: Any,
    serialization_dir: str,
) -> Tuple[DatasetReader, DatasetReader]:
    """In place of AllenNLP's `_load_dataset_readers`."""
    with _building(serialization_dir), loading(config.as_dict(quiet=True)):
        return load_readers(config, serialization_dir)


def built_model(
    load_model: Callable[..., Model],
    config: Any,
    weights_path: str,
    serialization_dir: str,
    cuda_device: int,
) -> Model:
    """In place of AllenNLP's `_load_model`."""
    with _building(serialization_dir) as name:
        if not is_trusted() and os.path.dirname(weights_path) != serialization_dir:
            check_weights(weights_path, weights_path)  # other weights than those of the archive
        try:
            return load_model(config, weights_path, serialization_dir, cuda_device)
        except (RuntimeError, TypeError) as error:
            if "state_dict" not in str(error) and "state dict" not in str(error):
                raise
            raise ConfigurationError(
                f"{name}: the weights do not fit the model: {_in_one_line(error)}"
            ) from error


@contextlib.contextmanager
def _building(folder: str) -> Iterator[str]:
    """A context manager that turns the errors of parts that meet a damaged archive into a
    `ConfigurationError` that names the archive."""
    name = archive_of(folder)
    try:
        with trusting(is_trusted()), _nothing_installed():
            yield name
    except ConfigurationError:
        raise
    except Exception as error:
        # Errors that are not Python's own, such as those of a knowledge base, say what is wrong.
        if not isinstance(error, pickle.UnpicklingError) and type(error).__module__ != "builtins":
            raise
        if isinstance(error, OSError):
            raise
        if "trust_remote_code" in str(error):
            raise UntrustedArchiveError(
                name, "needs an encoder that brings its own code"
            ) from error
        raise ConfigurationError(
            f"{name} cannot be loaded: {type(error).__name__}: {_in_one_line(error)}"
        ) from error


@contextlib.contextmanager
def _nothing_installed() -> Iterator[None]:
    """A context manager in which libraries do not get code from elsewhere. Otherwise transformers
    asks at the terminal whether to run the code of an encoder, and AllenNLP installs pipelines of
    spaCy."""

    def refuse(pipeline: str, *arguments: Any) -> None:
        raise ConfigurationError(
            f"spaCy has no pipeline {pipeline!r}: install it with: python -m spacy download"
        )

    with (
        mock.patch.multiple(allennlp.common.util, spacy_download=refuse),
        mock.patch.multiple(dynamic_module_utils, TIME_OUT_REMOTE_CODE=0),
    ):
        yield


def _in_one_line(error: Exception, limit: int = 300) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= limit else f"{text[:limit]} ..."
