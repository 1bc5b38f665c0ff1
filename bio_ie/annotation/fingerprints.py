"""Tells whether files have changed."""

import glob
import hashlib
import json
import os
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping

_CHUNK = 1 << 20

_OF_TRAINING = ("config.json", "best.th", "weights.th")
"""The files of a training that are loaded with it; besides, those of the vocabulary."""


def sha256_of(path: str) -> str:
    """The hash of a file, or of the names and contents of all files of a folder. Of the folder of a
    training, those files count that are loaded: checkpoints and logs do not."""
    digest = hashlib.sha256()
    if os.path.isfile(path):
        _add(digest, Path(path))
        return digest.hexdigest()
    for file in _files_of(Path(path)):
        digest.update(f"{file.relative_to(path)}\0{file.stat().st_size}\0".encode())
        _add(digest, file)
    return digest.hexdigest()


def _files_of(folder: Path) -> List[Path]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    if not (folder / "config.json").exists() or not (folder / "vocabulary").is_dir():
        return files
    return [
        file for file in files if file.name in _OF_TRAINING or file.parent == folder / "vocabulary"
    ]


def _add(digest: "hashlib._Hash", path: Path) -> None:
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)


def input_state(path: str) -> Dict[str, Any]:
    """The size, the time and the hash of an input: a file, a folder, or a data path as JSON text,
    whose files count. A URL has none of them."""
    return {"path": path, **_stat(path), "sha256": _hash_of_input(path)}


def is_unchanged(path: str, state: Mapping[str, Any]) -> bool:
    """Whether an input is still what its `input_state` says. The hash is computed only where size
    or time have changed."""
    now = _stat(path)
    if all(now[name] == state.get(name) for name in now):
        return True
    return _hash_of_input(path) == state.get("sha256")


def _stat(path: str) -> Dict[str, Any]:
    stats = [file.stat() for file in _input_files(path)]
    return {
        "size": sum(stat.st_size for stat in stats),
        "modified": max((stat.st_mtime_ns for stat in stats), default=0),
    }


def _hash_of_input(path: str) -> str:
    digest = hashlib.sha256()
    for file in _input_files(path):
        _add(digest, file)
    return digest.hexdigest()


def _input_files(path: str) -> Iterator[Path]:
    if os.path.isfile(path):
        yield Path(path)
    elif os.path.isdir(path):
        yield from sorted(file for file in Path(path).rglob("*") if file.is_file())
    elif path.lstrip().startswith("{"):
        for text in texts_in(json.loads(path)):
            for file in sorted(glob.glob(text, recursive=True)) or [text]:
                if os.path.exists(file):
                    yield from _input_files(file)


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_in(part)
