"""Unpacks the files of an archive, and checks that reading them runs no code."""

import contextlib
import gzip
import os
import pickle
import tarfile
import warnings
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

import torch
from allennlp.common.checks import ConfigurationError
from numpy.lib import format as npy

from bio_ie.files.trust import UntrustedArchiveError, is_trusted

_WEIGHTS = ("weights.th", "best.th")
_CHECKPOINTS = ("model_state_e", "training_state_e", ".unfinished_")
"""Files of a training in its folder. Loading an archive does not read them."""
_PICKLES = {".pkl", ".pickle", ".dill", ".joblib"}
_CHECKPOINT_ENDINGS = (".th", ".pt", ".pth", ".ckpt")


def extract(path: str, folder: str, archive_file: str) -> None:
    """Unpacks an archive into an empty folder.

    Raises `UntrustedArchiveError` for a member that is not a file or folder below that folder
    (absolute paths, `..`, links, devices), before anything is unpacked. Raises `ConfigurationError`
    for a file that is not an archive, or that is cut off.
    """
    try:
        with tarfile.open(path) as archive:
            # The first patch releases of Python 3.11 have no filters, and need none.
            if is_trusted():
                archive.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)
            else:
                for member in archive.getmembers():
                    _check_member(member, archive_file)
                archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(folder)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ConfigurationError(
            f"{archive_file} is not an archive that can be read: {error}. It may be cut off"
        ) from error


def _check_member(member: tarfile.TarInfo, archive_file: str) -> None:
    path = PurePosixPath(member.name.replace("\\", "/"))
    if member.issym() or member.islnk():
        reason = f"contains the link {member.name!r} to {member.linkname!r}"
    elif not (member.isfile() or member.isdir()):
        reason = f"contains {member.name!r}, which is neither a file nor a folder"
    elif path.is_absolute() or ".." in path.parts or ":" in path.parts[:1]:
        reason = f"writes outside of its folder ({member.name!r})"
    else:
        return
    raise UntrustedArchiveError(archive_file, reason)


def is_whole(path: Path) -> bool:
    """Whether an archive exists and can be read to its end. A training that is killed while it
    writes its archive leaves part of it."""
    try:
        with tarfile.open(path) as archive:
            names = {member.name for member in archive}
        return names >= {"config.json", "weights.th"}
    except (FileNotFoundError, tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile):
        return False


def check_files(folder: str, archive_file: str) -> None:
    """Raises `UntrustedArchiveError` if a file of an archive is a pickle that could run code, and
    `ConfigurationError` if the weights are damaged.

    Checkpoints of torch are pickles too. They are let through if torch can load them with
    `weights_only`.
    """
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if parent == folder and name.startswith(_CHECKPOINTS):
                continue
            if parent == folder and name in _WEIGHTS:
                check_weights(str(path), archive_file)
            elif path.is_file():
                _check_file(path, archive_file)


def check_weights(path: str, archive_file: str) -> None:
    """Raises `UntrustedArchiveError` if the weights cannot be loaded without running code, and
    `ConfigurationError` if they are damaged or no weights of a model."""
    state = _load_checkpoint(Path(path), archive_file)
    if not isinstance(state, dict) or not all(
        isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in state.items()
    ):
        raise ConfigurationError(
            f"{archive_file}: {os.path.basename(path)} does not hold the weights of a model"
        )


def _check_file(path: Path, archive_file: str) -> None:
    with open(path, "rb") as file:
        head = file.read(6)
    is_zip = head.startswith(b"PK\x03\x04") and zipfile.is_zipfile(path)
    members = zipfile.ZipFile(path).namelist() if is_zip else []
    if not _PICKLES.isdisjoint(path.suffixes):
        raise UntrustedArchiveError(archive_file, f"contains the pickle {path.name!r}")
    if (
        path.name.endswith(_CHECKPOINT_ENDINGS)
        or path.name.startswith("pytorch_model")
        or any(name.endswith(".pkl") for name in members)
        or (len(head) > 1 and head[0] == 0x80 and head[1] in range(2, 6))  # starts a pickle
    ):
        if path.name.endswith(".json"):  # the index of a checkpoint in parts
            return
        _load_checkpoint(path, archive_file)
    elif head == b"\x93NUMPY":
        with open(path, "rb") as file:
            _check_array(file, path.name, archive_file)
    elif any(name.endswith(".npy") for name in members):
        with zipfile.ZipFile(path) as arrays:
            for name in members:
                with arrays.open(name) as member:
                    if name.endswith(".npy"):
                        _check_array(member, f"{path.name}/{name}", archive_file)


def _load_checkpoint(path: Path, archive_file: str) -> Any:
    with open(path, "rb") as file:
        head = file.read(2)
    if not zipfile.is_zipfile(path) and (not head or head == b"PK"):
        raise ConfigurationError(f"{archive_file}: {path.name} is cut off")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # A memory map reads the pickle alone and leaves the numbers in the file.
            return torch.load(
                path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
            )
    except pickle.UnpicklingError as error:
        if head.startswith((b"PK", b"\x80", b"c", b"(")):  # how pickles of all protocols start
            raise UntrustedArchiveError(
                archive_file,
                f"contains the pickle {path.name!r}, which torch does not load with weights_only "
                "because it could run code",
            ) from error
        raise ConfigurationError(f"{archive_file}: {path.name} is not a checkpoint") from error
    except Exception as error:  # torch passes on whatever goes wrong in a damaged file
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ConfigurationError(
            f"{archive_file}: {path.name} is damaged or not a checkpoint ({reason})"
        ) from error


def _check_array(file: Any, name: str, archive_file: str) -> None:
    with contextlib.suppress(ValueError):  # damaged: the part that reads it says so
        version = npy.read_magic(file)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        _, _, dtype = read(file)
        if dtype.hasobject:
            raise UntrustedArchiveError(
                archive_file, f"contains the array {name!r} of Python objects, which is a pickle"
            )
