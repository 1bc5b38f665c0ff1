"""Reads and writes corpora."""

import os
from typing import Any, Iterable, Iterator, Mapping, Union

from allennlp.common import Params

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.corpus_path import DataPath, read_corpus
from bio_ie.text.document import Document
from bio_ie.training.part_check import check_part

Format = Union[str, Mapping[str, Any], CorpusFormat]
"""The name of a corpus format, an object with its `type` and options, or the format itself."""


def read(path: DataPath, format: Format = "jsonl") -> Iterator[Document]:
    """
    Reads a corpus, document by document.

    # Parameters

    path : `Union[str, os.PathLike, Mapping]`
        A file, a folder, a pattern, or a data path with a part of a corpus: `{"file": ...,
        "split": "test", "fold": 0}`.
    format : `Union[str, Mapping, CorpusFormat]`, optional (default = `"jsonl"`)
        `"pubtator"`, or with options: `{"type": "brat", "on_error": "skip"}`.

    Raises `CorpusError` for what cannot be read, with file and line.
    """
    return read_corpus(path, corpus_format(format))


def write(
    documents: Iterable[Document],
    path: Union[str, "os.PathLike[str]"],
    format: Format = "jsonl",
) -> Any:
    """
    Writes documents to a file.

    # Parameters

    documents : `Iterable[Document]`
    path : `Union[str, os.PathLike]`
    format : `Union[str, Mapping, CorpusFormat]`, optional (default = `"jsonl"`)
        See `read`.

    # Returns

    `Written`
        What was written, and what the format could not hold. As a string, it says so.
    """
    return corpus_format(format).write(documents, path)


def corpus_format(format: Format) -> CorpusFormat:
    """The format of a name or of an object with options.

    Raises `ConfigurationError` for one that does not exist.
    """
    if isinstance(format, CorpusFormat):
        return format
    config = {"type": format} if isinstance(format, str) else dict(format)
    check_part(config, CorpusFormat, "format")
    return CorpusFormat.from_params(Params(config))
