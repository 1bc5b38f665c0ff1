"""Hidden files and folders for output that is not complete yet.

A process that is killed leaves its own behind. The next process that writes the same output deletes
them. A lock, which the system releases however a process ends, tells those that are still in use.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Iterator, Tuple

ENDING = ".unfinished"
"""The ending of their names, which begin with a dot and the name of the output."""


@contextlib.contextmanager
def unfinished_file(path: Path) -> Iterator[Tuple[IO[bytes], Path]]:
    """Opens a new hidden file next to `path` for writing, and gives it with its name. Unless it was
    renamed, it is deleted in the end."""
    prefix = _cleared(path.parent, path.name)
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=ENDING)
        if _is_locked(handle, name):
            break
        os.close(handle)
    temporary = Path(name)
    with os.fdopen(handle, "wb") as file:
        try:
            yield file, temporary
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def unfinished_folder(parent: Path, name: str) -> Iterator[Path]:
    """Makes a hidden folder in `parent`, to make something called `name` in it. Unless it was
    renamed, it is deleted in the end."""
    prefix = _cleared(parent, name)
    while True:
        temporary = Path(tempfile.mkdtemp(dir=parent, prefix=prefix, suffix=ENDING))
        try:
            handle = os.open(temporary, os.O_RDONLY)
        except FileNotFoundError:  # as below, another process has just deleted it
            continue
        if _is_locked(handle, temporary):
            break
        os.close(handle)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        os.close(handle)


def _is_locked(handle: int, path: "str | Path") -> bool:
    """Locks a new file. The result is false if another process has just deleted it, which took it
    for one without an owner."""
    with contextlib.suppress(OSError):  # a file system without locks: nothing is ever deleted there
        fcntl.flock(handle, fcntl.LOCK_EX)
    return os.path.exists(path)


def _cleared(parent: Path, name: str) -> str:
    """Deletes what killed processes have left of an output. Returns how the names begin."""
    prefix = f".{name[:100]}."
    with os.scandir(parent) as entries:
        left = [e.path for e in entries if e.name.startswith(prefix) and e.name.endswith(ENDING)]
    for path in left:
        try:
            handle = os.open(path, os.O_RDONLY)
        except OSError:  # gone in the meantime, or another user's
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.isdir(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)
        except OSError:  # in use
            continue
        finally:
            os.close(handle)
    return prefix
