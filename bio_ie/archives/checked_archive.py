"""Archives that come from elsewhere: loading one must not run what its author likes."""

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
    """The folder with the files of an archive (or the serialization folder itself), for
    `load_archive`, once its config has been found to build registered parts only.

    AllenNLP takes any dotted name for a class to import and to call: `subprocess.Popen` as well.
    It also unpacks to wherever a member of the archive says. What is not looked at: an archive
    named inside (`from_archive`), and what a registered part does with its options.

    Raises `ConfigurationError` for a config that names another class by its Python path, or has no
    reader or no model.
    """
    path = cached_path(archive_file)
    with contextlib.ExitStack() as stack:
        if not os.path.isdir(path):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            with tarfile.open(path) as archive:
                _extract(archive, folder)
            path = folder
        try:
            # Plain JSON, as AllenNLP writes it: jsonnet could come to mean something else.
            with open(os.path.join(path, CONFIG_NAME), encoding="utf-8") as file:
                config = json.load(file)
        except (FileNotFoundError, ValueError) as error:
            raise ConfigurationError(f"{archive_file} has no readable {CONFIG_NAME}") from error
        if not isinstance(config, dict):
            raise ConfigurationError(f"{CONFIG_NAME} in {archive_file} is no JSON object")
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
            raise tarfile.ExtractError(f"{member.name!r} does not belong in an archive of a model")
    archive.extractall(folder)


def check_parts(value: Any, archive_file: str) -> None:
    """Raises `ConfigurationError` where part of a config, from an archive of this name, names
    another class than a registered part by its Python path."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            check_parts(item, archive_file)
    # Any string may stand for an object with this type.
    elif isinstance(value, str) and _names_foreign_class(value):
        raise ConfigurationError(
            f"{archive_file} would have {value!r} imported and called, which is no registered "
            "part. If you trust it, name its package with --include-package"
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
