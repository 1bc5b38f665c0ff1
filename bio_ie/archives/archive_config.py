"""Checks that the config of an archive builds registered parts only, which run no foreign code."""

import importlib.machinery
import json
import sys
from typing import Any, Dict, Iterator, Mapping, Optional

from allennlp.common.checks import ConfigurationError
from allennlp.common.from_params import FromParams

from bio_ie.files.trust import UntrustedArchiveError
from bio_ie.startup.part_registry import registered_as

_NEVER_BUILT = (
    "trainer",
    "distributed",
    "train_data_path",
    "validation_data_path",
    "test_data_path",
)
"""Sections that only training uses. All others are built when an archive is loaded or evaluated."""

CONFIG_NAME = "config.json"
"""The config in an archive, which AllenNLP calls so (`allennlp.models.archival`)."""

READS_PICKLES = "reads_pickles"
"""A class attribute of parts that read pickles, which can run any code."""


def read_config(path: str, archive_file: str) -> Dict[str, Any]:
    """The config of an archive. Raises `ConfigurationError` if it is not a JSON object.

    It must be plain JSON, as AllenNLP writes it. Jsonnet could import other files, and give another
    value when it is evaluated again.
    """
    try:
        with open(path, encoding="utf-8") as file:
            config = json.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"{archive_file} has no readable {CONFIG_NAME}: {error}"
        ) from error
    if not isinstance(config, dict):
        raise ConfigurationError(f"{CONFIG_NAME} in {archive_file} is not a JSON object")
    return config


def check_config(config: Mapping[str, Any], archive_file: str) -> None:
    """Raises `UntrustedArchiveError` if the config of an archive would run foreign code.

    AllenNLP imports and calls any class that a config names by a dotted name, such as
    `subprocess.Popen`. It passes settings on to libraries that have options for running code.

    # Parameters

    config : `Mapping[str, Any]`
        The config, or a part of it.
    archive_file : `str`
        The archive, for errors.
    """
    for key, value in _settings(config):
        # Options of transformers. Their values may be anything that counts as true or false.
        if (key == "trust_remote_code" and value) or (key == "weights_only" and not value):
            setting = json.dumps({key: value})[1:-1]
            raise UntrustedArchiveError(archive_file, f"runs code of its own ({setting})")
    built = {key: value for key, value in config.items() if key not in _NEVER_BUILT}
    for _, value in _settings(built):
        if isinstance(value, str):
            _check_name(value, archive_file)


def _settings(value: Any, key: Optional[str] = None) -> Iterator["tuple[Optional[str], Any]"]:
    """Every value inside a config, with its key. A value in a list has the key of the list."""
    yield key, value
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _settings(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _settings(part, key)
    elif isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        # Some parts take an object as JSON text.
        try:
            parsed = json.loads(value)
        except (ValueError, RecursionError):
            return
        yield from _settings(parsed, key)


def _check_name(name: str, archive_file: str) -> None:
    # Any string may stand for an object with this type.
    if any(getattr(part, READS_PICKLES, False) for part in registered_as(name)):
        raise UntrustedArchiveError(archive_file, f"uses {name!r}, which reads a pickle")
    module, _, class_name = name.rpartition(".")
    if not module:
        return
    known = sys.modules.get(module)
    if known is None:
        is_foreign = _would_import(module)
    else:
        named = getattr(known, class_name, None) if class_name.isidentifier() else FromParams
        is_part = isinstance(named, type) and issubclass(named, FromParams)
        is_foreign = not is_part or getattr(named, READS_PICKLES, False)
    if is_foreign:
        raise UntrustedArchiveError(
            archive_file,
            f"asks to import and call {name!r}, which is not a registered part (or name its "
            "package with --include-package)",
        )


def _would_import(module: str) -> bool:
    """Whether importing `module` would run code, or look for it inside a module that exists.

    Nothing is imported to find that out. A name does not have to be an identifier: Python also
    finds `my-module.py`.
    """
    path: Any = None
    inside = False
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        if sys.modules.get(name) is not None:
            path, inside = getattr(sys.modules[name], "__path__", ()), True
            continue
        spec = _find(name, path)
        if spec is None:
            return inside
        path = spec.submodule_search_locations
        if spec.origin is not None or path is None:
            return True  # all but a folder without code
    return False


def _find(name: str, path: Any) -> Optional[importlib.machinery.ModuleSpec]:
    for finder in sys.meta_path:
        try:
            spec = finder.find_spec(name, path, None)
        except Exception:  # a name that nothing can be called, or a finder of its own kind
            continue
        if spec is not None:
            return spec
    return None
