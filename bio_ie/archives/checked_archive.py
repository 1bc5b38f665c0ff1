"""Checks archives before they are loaded, so that an archive cannot run any code it likes."""

import contextlib
import importlib.util
import json
import os
import sys
import tarfile
import tempfile
from pathlib import PurePosixPath
from typing import Any, Iterator, Mapping

from allennlp.common.checks import ConfigurationError
from allennlp.common.file_utils import cached_path
from allennlp.common.from_params import FromParams
from allennlp.models.archival import CONFIG_NAME

_BUILT = ("dataset_reader", "validation_dataset_reader", "model", "vocabulary")
"""The parts of a config that AllenNLP builds when it loads an archive."""


@contextlib.contextmanager
def checked_archive(archive_file: str) -> Iterator[str]:
    """Unpacks an archive and checks that its config builds registered parts only.

    The result is the folder with the files of the archive, for `load_archive`. A serialization
    folder is used as it is.

    AllenNLP itself imports and calls any class that a config names by a dotted name, such as
    `subprocess.Popen`, and it unpacks the members of an archive to any path that they name. Two
    things are not checked: an archive that the config names (`from_archive`), and what a registered
    part does with its options.

    Raises `ConfigurationError` for a config that names a class that is not a registered part by its
    Python path, or that has no reader or no model.
    """
    path = cached_path(archive_file)
    with contextlib.ExitStack() as stack:
        if not os.path.isdir(path):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            with tarfile.open(path) as archive:
                _extract(archive, folder)
            path = folder
        try:
            # Plain JSON, as AllenNLP writes it: jsonnet could give another value when it is
            # evaluated again.
            with open(os.path.join(path, CONFIG_NAME), encoding="utf-8") as file:
                config = json.load(file)
        except (FileNotFoundError, ValueError) as error:
            raise ConfigurationError(f"{archive_file} has no readable {CONFIG_NAME}") from error
        if not isinstance(config, dict):
            raise ConfigurationError(f"{CONFIG_NAME} in {archive_file} is not a JSON object")
        for part in _BUILT:
            check_parts(config.get(part), archive_file)
        for part in ("dataset_reader", "model"):
            if part not in config:
                raise ConfigurationError(f"{CONFIG_NAME} in {archive_file} has no {part!r}")
        yield path


def _extract(archive: tarfile.TarFile, folder: str) -> None:
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
        return
    # The first patch releases of Python 3.10 and 3.11 have no filters.
    for member in archive.getmembers():
        path = PurePosixPath(member.name)
        if not (member.isfile() or member.isdir()) or path.is_absolute() or ".." in path.parts:
            raise tarfile.ExtractError(f"the archive of a model must not contain {member.name!r}")
    archive.extractall(folder)


def check_parts(value: Any, archive_file: str) -> None:
    """Raises `ConfigurationError` if part of a config names a class that is not a registered part
    by its Python path. The error says that the config is from `archive_file`."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            check_parts(item, archive_file)
    # Any string may stand for an object with this type.
    elif isinstance(value, str) and _names_foreign_class(value):
        raise ConfigurationError(
            f"{archive_file} asks to import and call {value!r}, which is not a registered part. "
            "If you trust it, name its package with --include-package"
        )


def _names_foreign_class(name: str) -> bool:
    *parents, class_name = name.split(".")
    if not parents or not all(part.isidentifier() for part in [*parents, class_name]):
        return False
    module = sys.modules.get(".".join(parents))
    if module is None:
        return parents[0] in sys.modules or importlib.util.find_spec(parents[0]) is not None
    named = getattr(module, class_name, None)
    return not (isinstance(named, type) and issubclass(named, FromParams))
