"""Finds a pretrained encoder. Its name is a name of the Hugging Face hub, a folder, or
`package:NAME/FOLDER`, which is a folder inside an installed Python package."""

import importlib.util
from pathlib import Path

from allennlp.common.checks import ConfigurationError

from bio_ie.environment import EMBEDDED_ENCODER, command_for_embedded_encoder

PACKAGE_PREFIX = "package:"


def locate_encoder(model_name: str) -> str:
    """The folder of the encoder `model_name`, or `model_name` itself if it can only be a hub name.

    Raises `ConfigurationError` for a package that is not installed, and for a path where there is
    no folder.
    """
    if model_name.startswith(PACKAGE_PREFIX):
        return str(_package_folder(model_name))
    folder = Path(model_name).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    if folder.is_absolute() or model_name.startswith((".", "~")) or model_name.count("/") > 1:
        raise ConfigurationError(
            f"there is no folder {folder.absolute()} for the encoder {model_name!r}"
        )
    return model_name


def _package_folder(model_name: str) -> Path:
    package, _, inner = model_name[len(PACKAGE_PREFIX) :].partition("/")
    spec = importlib.util.find_spec(package) if package.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        is_embedded = package == EMBEDDED_ENCODER[0].replace("-", "_")
        raise ConfigurationError(
            f"the encoder {model_name!r} is in the Python package {package!r}, which is not "
            "installed" + (f"; run: {command_for_embedded_encoder()}" if is_embedded else "")
        )
    folders = [Path(location) / inner for location in spec.submodule_search_locations]
    for folder in folders:
        if folder.is_dir():
            return folder
    raise ConfigurationError(f"there is no folder {folders[0]} for the encoder {model_name!r}")
