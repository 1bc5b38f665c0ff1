"""
The build backend of the project: setuptools, and then more files go into the wheel.

* Those of `stubs/`. Python reads the `.pth` files that lie beside the installed packages, and
  setuptools has no way to put one there. An editable installation needs them too; its wheel has
  only links to the checkout.
* Those of `training_config/`, which lie inside the package where there is no checkout.
"""

import base64
import hashlib
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, Optional, Tuple
from unittest import mock

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403 - the hooks that need no change

CHECKOUT = Path(__file__).resolve().parent.parent

File = Tuple[str, bytes]
"""The name of a file in a wheel, and its content."""


def build_wheel(
    wheel_directory: str,
    config_settings: Optional[Dict[str, Any]] = None,
    metadata_directory: Optional[str] = None,
) -> str:
    # In the folder `build` of a checkout, files of earlier builds would go into the wheel again.
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "setup.cfg")
        config.write_text(f"[build]\nbuild_base = {folder}\n", encoding="utf-8")
        with mock.patch.dict(os.environ, DIST_EXTRA_CONFIG=str(config)):
            name = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    _add(Path(wheel_directory, name), [*_stubs(), *_configs()])
    return name


def build_editable(
    wheel_directory: str,
    config_settings: Optional[Dict[str, Any]] = None,
    metadata_directory: Optional[str] = None,
) -> str:
    name = build_meta.build_editable(wheel_directory, config_settings, metadata_directory)
    _add(Path(wheel_directory, name), _stubs())
    return name


def _stubs() -> Iterator[File]:
    yield from _files("stubs", "", (".py", ".pth"))


def _configs() -> Iterator[File]:
    yield from _files("training_config", "bio_ie/training_config/", (".jsonnet", ".libsonnet"))


def _files(folder: str, prefix: str, endings: Tuple[str, ...]) -> Iterator[File]:
    for path in sorted(Path(CHECKOUT, folder).rglob("*")):
        if path.suffix in endings:
            yield prefix + path.relative_to(CHECKOUT / folder).as_posix(), path.read_bytes()


def _add(wheel: Path, files: Iterable[File]) -> None:
    """Adds files to a wheel and to its list of files. The same files give the same wheel, byte by
    byte, whenever and wherever it is built."""
    files = list(files)
    with zipfile.ZipFile(wheel) as archive:
        contents = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    (record,) = (name for name in contents if name.endswith(".dist-info/RECORD"))
    contents[record] += "".join(map(_record, files)).encode("utf-8")
    contents[record] = b"".join(sorted(contents[record].splitlines(keepends=True)))
    contents.update(files)
    complete = wheel.with_suffix(".complete")
    with zipfile.ZipFile(complete, "w") as archive:
        # The format recommends that its own files come last.
        for name in sorted(contents, key=lambda name: (".dist-info/" in name, name)):
            entry = zipfile.ZipInfo(name)  # of the first day of 1980
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, contents[name], zipfile.ZIP_DEFLATED)
    os.replace(complete, wheel)


def _record(file: File) -> str:
    """The line of a file in the list of files of a wheel."""
    name, content = file
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"
