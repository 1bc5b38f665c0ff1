"""The input files of a run."""

import glob
import os
from typing import Dict, Iterable, List

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import is_object
from bio_ie.files.corpus_error import CorpusError


def input_files(paths: Iterable[str], reader: CorpusFormat) -> List[str]:
    """The files of some paths, each once.

    # Parameters

    paths : `Iterable[str]`
        Files, folders, patterns, addresses, and data paths in JSON, which are one input as a whole.
    reader : `CorpusFormat`
        The format of the files.

    Raises `CorpusError` for a path that does not exist, and `ConfigurationError` for a format that
    does not read the files of a corpus one by one.
    """
    found: Dict[str, None] = {}
    for path in paths:
        if is_object(path) or "://" in path:
            found[path] = None
            continue
        if not os.path.exists(path) and not glob.has_magic(path):
            raise CorpusError("there is no such file", path)
        if not reader.reads_by_file:
            raise ConfigurationError(
                f"--from: {type(reader).__name__} does not read the files of a corpus one by one; "
                "give the input as a JSON data path, which is one input as a whole"
            )
        found.update((os.path.abspath(file), None) for file, _ in reader.files(path))
    return list(found)
