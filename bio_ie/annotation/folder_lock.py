"""Keeps two runs from writing to the same folder."""

import contextlib
import fcntl
import os
import socket
from pathlib import Path
from typing import Iterator

from allennlp.common.checks import ConfigurationError

NAME = ".lock"


@contextlib.contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """A context manager in which no other process can have the lock of the folder. The system
    releases the lock however the process ends.

    Raises `ConfigurationError` if another process has the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / NAME, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ConfigurationError(
                f"{folder} is being written by another run ({file.read().strip() or 'unknown'})"
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        yield


def is_locked(folder: Path) -> bool:
    """Whether a run is writing to the folder at this moment."""
    try:
        with open(folder / NAME) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
