"""Checks archives before they are loaded, so that an archive cannot run any code it likes."""

import contextlib
import os
import shutil
import tempfile
from typing import Dict, Iterator

from allennlp.common.checks import ConfigurationError
from allennlp.common.file_utils import cached_path
from allennlp.common.meta import META_NAME, Meta

from bio_ie.archives.archive_config import CONFIG_NAME, check_config, read_config
from bio_ie.archives.archive_files import check_files, extract
from bio_ie.files.trust import is_trusted

_unpacked: Dict[str, str] = {}
"""The temporary folders of archives, and the archives that were unpacked there."""


@contextlib.contextmanager
def checked_archive(archive_file: str, cleanup: bool = True) -> Iterator[str]:
    """Unpacks an archive and checks that loading it runs no foreign code.

    The result is the folder with the files of the archive. A serialization folder is checked too,
    and used as it is. `bio_ie.archives.guarded_loading` makes AllenNLP use this function for every
    archive that it loads.

    # Parameters

    archive_file : `str`
        A path or URL.
    cleanup : `bool`, optional (default = `True`)
        Whether to delete the folder in the end.

    Raises `UntrustedArchiveError` for an archive that would run foreign code, unless the user
    trusts archives (`bio_ie.files.trust`), and `ConfigurationError` for one that is damaged or has
    no reader or no model.
    """
    path = str(cached_path(archive_file))
    if os.path.isdir(path):
        check_folder(path, archive_file)
        yield path
        return
    folder = tempfile.mkdtemp()
    try:
        extract(path, folder, archive_file)
        check_folder(folder, archive_file)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _unpacked[folder] = archive_file
    try:
        yield folder
    finally:
        if cleanup:
            shutil.rmtree(folder, ignore_errors=True)


def check_folder(folder: str, archive_file: str) -> None:
    """Checks the folder of an unpacked archive, as `checked_archive` does."""
    if is_trusted():
        return
    config = read_config(os.path.join(folder, CONFIG_NAME), archive_file)
    check_config(config, archive_file)
    check_files(folder, archive_file)
    for part in ("dataset_reader", "model"):
        if part not in config:
            raise ConfigurationError(f"{CONFIG_NAME} in {archive_file} has no {part!r}")
    _check_meta(os.path.join(folder, META_NAME), archive_file)


def _check_meta(path: str, archive_file: str) -> None:
    """Checks the file with the version of AllenNLP, which AllenNLP reads after it has loaded the
    model."""
    if not os.path.exists(path):
        return
    try:
        version = Meta.from_path(path).version
        is_version = all(part.isdigit() for part in version.split(".")[:2])
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{archive_file} has no readable {META_NAME}: {error}") from error
    if version.count(".") < 2 or not is_version:
        raise ConfigurationError(f"{META_NAME} in {archive_file} has no version, but {version!r}")


def archive_of(folder: str) -> str:
    """The archive that was unpacked in a folder, or the folder itself."""
    return _unpacked.get(folder, folder)
