"""The files that a path means, in an order that is the same everywhere."""

import glob
import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple

from allennlp.common.file_utils import cached_path

from bio_ie.files.corpus_error import CorpusError

InputFile = Tuple[Path, str]
"""A local file, and its name for errors: the one that the user gave."""


def input_files(path: str, in_folders: Sequence[str] = ()) -> Iterator[InputFile]:
    """The files of a plain path, a glob pattern or a URL. Those of a pattern or a folder come in
    the order of their names, as strings.

    # Parameters

    path : `str`
    in_folders : `Sequence[str]`, optional (default = `()`)
        Patterns of names, such as `"*.xml"`. A folder then means the files in it, and in the
        folders inside it, whose names match one of them. Hidden files and folders are left out.
        Without patterns a folder is given as it is.

    Raises `CorpusError` if no file matches, or if a URL cannot be read.
    """
    if os.path.isdir(path) and in_folders:
        yield from _files_in(path, in_folders)
    elif os.path.exists(path):
        yield Path(path), path
    elif "://" not in path and glob.has_magic(path):
        matches: List[str] = sorted(glob.glob(path, recursive=True))
        if not matches:
            raise CorpusError("no file matches this pattern", path)
        for match in matches:
            yield from input_files(match, in_folders)
    else:
        try:
            yield Path(cached_path(path)), path
        except Exception as error:  # the library for each kind of URL has its own errors
            raise CorpusError(f"cannot be read: {error}", path) from error


def _files_in(folder: str, patterns: Sequence[str]) -> Iterator[InputFile]:
    found: List[str] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and any(fnmatchcase(name, p) for p in patterns):
                found.append(os.path.join(parent, name))
    if not found:
        raise CorpusError(f"no file in this folder matches {' or '.join(patterns)}", folder)
    for name in sorted(found):
        yield Path(name), name
