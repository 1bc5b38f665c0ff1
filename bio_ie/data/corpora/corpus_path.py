"""Data paths, such as the `train_data_path` of a config: their forms, and the documents they mean.

A data path names the data *and* the part of it that is read, such as the test part. This is because
`evaluate` and `predict` use the same reader for every path: if the part were a setting of the
reader, they would score the wrong part.
"""

import json
import os
from typing import Any, Dict, Iterator, Mapping, Optional, Tuple, Union

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.params import infer_and_cast

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.k_fold import KFoldFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document

DataPath = Union[str, "os.PathLike[str]", Mapping[str, Any], Params]

NUMBERS = ("fold", "num_folds", "validation_share", "seed")
PART = ("split", *NUMBERS, "group_by_metadata", "stratify_by")
KEYS = ("file", "corpora", "format", *PART)


def read_corpus(
    path: DataPath, default_format: CorpusFormat, report: Optional[CorpusReport] = None
) -> Iterator[Document]:
    """Yields the documents of a data path; see `open_corpus`."""
    corpus_format, file = open_corpus(path, default_format)
    return corpus_format.read(file, report)


def open_corpus(path: DataPath, default_format: CorpusFormat) -> Tuple[CorpusFormat, str]:
    """The format that reads the documents of a data path, and the path to pass to its `read`.

    # Parameters

    path : `DataPath`
        One of

        * a string: a file, folder, URL or glob pattern. All of it is read, with `default_format`;
        * an object with `file` (such a string), an optional `format` (a name, or an object with
          `type`; by default `default_format`) and the settings of `k_fold`: `split`, `fold`,
          `num_folds`, `validation_share`, `seed`, `group_by_metadata`, `stratify_by`. Without any
          of these settings, all of the file is read. Numbers may be strings, as `allennlp evaluate`
          gives them;
        * an object with `corpora`, a list of such strings and objects, instead of `file`: all of
          them as one corpus (see `concatenated`). If `file` is given as well, it is the folder that
          contains the corpora;
        * such an object as JSON text, as `allennlp predict` gives it. A string that is the name
          of an existing file is never parsed as JSON.
    default_format : `CorpusFormat`
        The format of the reader.

    Raises `ConfigurationError` for anything else.
    """
    if isinstance(path, os.PathLike):
        path = os.fspath(path)
    if isinstance(path, str):
        if not is_object(path):
            return default_format, path
        path = _parse(path)
    if isinstance(path, Params):
        path = path.as_dict(quiet=True)
    if not isinstance(path, Mapping):
        raise ConfigurationError(f"a data path is a string or an object, not {path!r}")
    return _open_object(dict(path), default_format)


def is_object(path: str) -> bool:
    """Whether a data path that is a string is an object as JSON text, and not the name of files."""
    return path.lstrip().startswith("{") and not os.path.exists(path)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"data path {text!r} is neither a file nor JSON: {error}"
        ) from error


def _open_object(path: Dict[str, Any], default_format: CorpusFormat) -> Tuple[CorpusFormat, str]:
    unknown = sorted(str(key) for key in path if key not in KEYS)
    if unknown:
        raise ConfigurationError(
            f"unknown keys in a data path: {', '.join(unknown)}; the known keys are "
            f"{', '.join(KEYS)}"
        )
    if "file" not in path and "corpora" not in path:
        raise ConfigurationError(f"a data path needs 'file' or 'corpora': {path!r}")
    file = path.get("file", "")
    if not isinstance(file, str):
        raise ConfigurationError(f"'file' of a data path must be a string, not {file!r}")
    corpus_format = _format(path["format"]) if path.get("format") is not None else default_format
    if "corpora" in path:
        concatenated = CorpusFormat.by_name("concatenated")
        corpus_format = concatenated(corpora=path["corpora"], format=corpus_format)
    part = {key: path[key] for key in PART if path.get(key) is not None}
    if part:
        corpus_format = _part(corpus_format, part)
    return corpus_format, file


def _format(value: Any) -> CorpusFormat:
    if isinstance(value, CorpusFormat):
        return value
    if isinstance(value, str):
        value = {"type": value}
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"'format' of a data path is a name or an object, not {value!r}")
    try:
        return CorpusFormat.from_params(Params(_cast(value)))
    except TypeError as error:
        raise ConfigurationError(f"'format' of a data path, {value!r}: {error}") from error


def _cast(value: Any) -> Any:
    """Like `infer_and_cast`, but also accepts null as a value: `filtered` drops types with it."""
    if isinstance(value, Mapping):
        return {key: _cast(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_cast(part) for part in value]
    return infer_and_cast(value) if isinstance(value, str) else value


def _part(corpus_format: CorpusFormat, part: Dict[str, Any]) -> KFoldFormat:
    if "split" not in part:
        raise ConfigurationError(f"a data path with {', '.join(part)} needs a 'split' as well")
    part.update({key: _cast(part[key]) for key in NUMBERS if key in part})
    try:
        return KFoldFormat.from_params(Params(dict(part)), format=corpus_format)
    except TypeError as error:
        raise ConfigurationError(f"data path with {part!r}: {error}") from error
