"""Files and folders that appear under their name only once they are complete.

What a command had finished when it was told to stop appears under another name; see
`bio_ie.files.stopping`."""

import contextlib
import gzip
import io
import os
from pathlib import Path
from typing import IO, Any, Iterator, Union

from bio_ie.files.stopping import final_name
from bio_ie.files.unfinished import unfinished_file, unfinished_folder


@contextlib.contextmanager
def atomic_writer(path: Path) -> Iterator[IO[str]]:
    """Opens a text file for writing that appears under `path` only once it is complete.

    A file whose name ends with `.gz` is compressed. The file's `buffer` takes bytes, for a library
    that encodes its output itself. A device or a pipe, such as `/dev/stdout`, is written to
    directly.

    Raises `IsADirectoryError` if `path` is a folder.
    """
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder, not a file to write")
    if _is_device(path):  # replacing /dev/null would break the system
        with _device(path) as device, _text_writer(device, path) as text:
            yield text
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_file(path) as (raw, temporary):
        with _text_writer(raw, path) as text:
            yield text
        raw.flush()
        give_usual_rights(temporary)
        os.replace(temporary, final_name(path))


def _is_device(path: Path) -> bool:
    """Whether a path is a device or a pipe. `/dev/stdout` is one even while the shell sends
    standard output to a file, so that the path leads to a regular file."""
    parts = Path(os.path.abspath(path)).parts
    is_special = parts[1:2] in (("dev",), ("proc",)) and parts[2:3] != ("shm",)
    return path.exists() and (is_special or not path.is_file())


def _device(path: Path) -> IO[bytes]:
    for stream in (1, 2):
        with contextlib.suppress(OSError):
            if os.path.samestat(os.stat(path), os.fstat(stream)):
                # Opened anew, a file that the shell appends to would be truncated.
                return os.fdopen(os.dup(stream), "wb")
    return open(path, "wb")


@contextlib.contextmanager
def _text_writer(raw: IO[bytes], path: Path) -> Iterator[IO[str]]:
    with contextlib.ExitStack() as stack:
        binary: Any = raw
        if path.suffix == ".gz":
            binary = stack.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0))
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n")
        yield text
        text.flush()
        text.detach()


@contextlib.contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Makes an empty folder to fill, which appears under `path` only once it is complete.

    `path` must not exist, or must be an empty folder: replacing a full folder could delete files
    that the user wants to keep. Otherwise `FileExistsError` is raised before anything is written.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileExistsError(f"{path} exists and is not an empty folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_folder(path.parent, path.name) as temporary:
        yield temporary
        give_usual_rights(temporary)
        os.replace(temporary, final_name(path))


def give_usual_rights(path: Union[str, "os.PathLike[str]"]) -> None:
    """Gives a file or folder the access rights of any other new one. `tempfile` and some libraries
    make files that only their owner can read."""
    os.chmod(path, (0o777 if os.path.isdir(path) else 0o666) & ~_umask())


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
