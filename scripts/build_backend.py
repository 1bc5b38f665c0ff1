"""
The build backend of the project: setuptools, and then the files of `stubs/` go into the wheel.

Python reads the `.pth` files that lie beside the installed packages, and setuptools has no way to
put one there. An editable installation needs them too; its wheel has only links to the checkout.
"""

import base64
import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any, Dict, Optional

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403 - the hooks that need no change

STUBS = Path(__file__).resolve().parent.parent / "stubs"


def build_wheel(
    wheel_directory: str,
    config_settings: Optional[Dict[str, Any]] = None,
    metadata_directory: Optional[str] = None,
) -> str:
    name = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    return _with_stubs(wheel_directory, name)


def build_editable(
    wheel_directory: str,
    config_settings: Optional[Dict[str, Any]] = None,
    metadata_directory: Optional[str] = None,
) -> str:
    name = build_meta.build_editable(wheel_directory, config_settings, metadata_directory)
    return _with_stubs(wheel_directory, name)


def _with_stubs(wheel_directory: str, name: str) -> str:
    """Adds the files of `stubs/` to a wheel and to its list of files. Returns `name`."""
    wheel = Path(wheel_directory, name)
    complete = wheel.with_suffix(".complete")
    with (
        zipfile.ZipFile(wheel) as before,
        zipfile.ZipFile(complete, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename.endswith(".dist-info/RECORD"):
                content += "".join(map(_record, _stubs())).encode("utf-8")
            after.writestr(entry, content)
        for file in _stubs():
            after.write(file, file.relative_to(STUBS).as_posix())
    os.replace(complete, wheel)
    return name


def _stubs() -> "list[Path]":
    return sorted(file for file in STUBS.rglob("*") if file.suffix in (".py", ".pth"))


def _record(file: Path) -> str:
    """The line of a file in the list of files of a wheel."""
    content = file.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{file.relative_to(STUBS).as_posix()},sha256={digest},{len(content)}\n"
