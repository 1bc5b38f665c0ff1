"""The wheel: `scripts/build_backend.py`, which adds files to that of setuptools."""

import base64
import csv
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Dict

import pytest
from packaging.version import Version

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCES = ["bio_ie", "stubs", "training_config", "scripts"]
BUILD = "import build_backend, sys; print(build_backend.build_wheel(sys.argv[1]))"

pytestmark = pytest.mark.skipif(
    Version(importlib.metadata.version("setuptools")) < Version("77"),
    reason="this setuptools is too old; pip builds in an environment of its own",
)


def build(checkout: Path, output: Path) -> Path:
    """Builds a wheel with the setuptools of this environment, so without a network."""
    output.mkdir()
    environment = {**os.environ, "PYTHONPATH": "scripts"}
    subprocess.run([sys.executable, "-c", BUILD, output], cwd=checkout, env=environment, check=True)
    (wheel,) = output.iterdir()
    return wheel


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("build") / "checkout"
    for name in SOURCES:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / name, folder / name, ignore=ignore)
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    return build(checkout, checkout.parent / "wheel")


@pytest.fixture(scope="module")
def contents(wheel: Path) -> Dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}


def test_wheel_has_all_of_the_package_its_configs_and_the_stubs(checkout, contents):
    names = {name for name in contents if ".dist-info/" not in name}
    expected = {
        *(path.relative_to(checkout) for path in (checkout / "bio_ie").rglob("*")),
        *(
            "bio_ie" / path.relative_to(checkout)
            for path in (checkout / "training_config").rglob("*")
        ),
        *(path.relative_to(checkout / "stubs") for path in (checkout / "stubs").rglob("*")),
    }
    assert names == {path.as_posix() for path in expected if path.suffix or path.name == "py.typed"}


def test_record_lists_every_file_once_with_its_digest(contents):
    (record,) = (name for name in contents if name.endswith(".dist-info/RECORD"))
    rows = list(csv.reader(contents[record].decode().splitlines()))
    assert sorted(name for name, *_ in rows) == sorted(contents)
    for name, digest, size in rows:
        if name != record:
            found = base64.urlsafe_b64encode(hashlib.sha256(contents[name]).digest())
            assert digest == f"sha256={found.rstrip(b'=').decode()}", name
            assert int(size) == len(contents[name]), name


def test_same_files_give_the_same_wheel_whatever_earlier_builds_left(checkout, wheel, tmp_path):
    shutil.copytree(checkout, tmp_path / "other")
    left = tmp_path / "other" / "build" / "lib" / "bio_ie"
    left.mkdir(parents=True)
    (left / "gone.py").touch()
    for path in (tmp_path / "other").rglob("*"):
        os.utime(path, (1e9, 1e9))
    again = build(tmp_path / "other", tmp_path / "wheel")
    assert again.read_bytes() == wheel.read_bytes()


def test_metadata_names_licence_and_pythons(contents):
    (metadata,) = (name for name in contents if name.endswith(".dist-info/METADATA"))
    lines = contents[metadata].decode().splitlines()
    assert "License-Expression: Apache-2.0" in lines
    assert "Requires-Python: <3.14,>=3.11" in lines
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in contents)
