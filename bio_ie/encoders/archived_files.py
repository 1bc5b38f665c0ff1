"""Copies of an encoder's config and tokenizer files in a trained archive.

Training copies these files to `SERIALIZATION_DIR/encoder/`. An archive made with
`include_in_archive: ["encoder"]` is then complete: it can be loaded without the encoder's folder
and without the hub.
"""

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Optional, Union

from allennlp.common.checks import ConfigurationError

from bio_ie.encoders.location import locate_encoder
from bio_ie.encoders.reading import read_config, read_tokenizer
from bio_ie.files.unfinished import unfinished_folder

PathOrName = Union[str, "os.PathLike[str]"]

ARCHIVED_FOLDER = "encoder"
"""The folder that a config lists in `include_in_archive`."""
WORDPIECES_FILE = "wordpieces.json"
"""A file beside the config and the tokenizer that says how the training made wordpieces."""
TRAINED_WEIGHTS = ("weights.th", "best.th")
"""Files that AllenNLP loads into a model built in their folder."""


def encoder_files(model_name: str, serialization_dir: Optional[PathOrName] = None) -> str:
    """The folder or hub name from which to read the config and the tokenizer of `model_name`.

    With a `serialization_dir`, this is its subfolder for the encoder. If a training begins there,
    the subfolder is filled now. Without a `serialization_dir`, or with one of an archive made
    without encoder files, this is the location of the encoder itself.
    """
    if serialization_dir is None:
        return locate_encoder(model_name)
    saved = archived_encoder(model_name, serialization_dir)
    if saved.is_dir():
        return str(saved)
    if not has_trained_weights(serialization_dir):
        _save_encoder_files(model_name, saved)
        return str(saved)
    try:
        return locate_encoder(model_name)
    except ConfigurationError as error:
        raise ConfigurationError(
            f"{error}; its files are not in {saved} either: put "
            f'`include_in_archive: ["{ARCHIVED_FOLDER}"]` into the config of the training'
        ) from error


def archived_encoder(model_name: str, serialization_dir: PathOrName) -> Path:
    """Where the files of `model_name` are kept under `serialization_dir`.

    The folder's name is readable, safe on any file system, and differs for different names.
    """
    readable = re.sub(r"[^A-Za-z0-9]+", "-", model_name).strip("-")[-40:]
    digest = hashlib.sha256(model_name.encode("utf-8")).hexdigest()[:8]
    return Path(serialization_dir) / ARCHIVED_FOLDER / f"{readable}-{digest}"


def trained_on_words_one_by_one(
    model_name: str, serialization_dir: Optional[PathOrName] = None
) -> bool:
    """Whether the training in `serialization_dir` gave the encoder the pieces of each word by
    itself and not those of the text. Version 0.1.0 did so, and its archives go on to do so."""
    if serialization_dir is None:
        return False
    saved = archived_encoder(model_name, serialization_dir)
    return saved.is_dir() and not (saved / WORDPIECES_FILE).exists()


def has_trained_weights(serialization_dir: PathOrName) -> bool:
    """Whether AllenNLP will load trained weights into a model built in `serialization_dir`.

    The folder of a training that was killed before its first checkpoint has no trained weights. The
    model then still needs its pretrained weights.
    """
    return any(Path(serialization_dir, name).exists() for name in TRAINED_WEIGHTS)


def _save_encoder_files(model_name: str, folder: Path) -> None:
    source = locate_encoder(model_name)
    config, tokenizer = read_config(source), read_tokenizer(source)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Distributed workers run this at the same time, and any of them may be killed. So the folder is
    # made in another place, which is not archived, and appears complete or not at all.
    with unfinished_folder(folder.parent.parent, ARCHIVED_FOLDER) as aside:
        complete = aside / folder.name
        config.save_pretrained(complete)
        tokenizer.save_pretrained(complete)
        (complete / WORDPIECES_FILE).write_text(json.dumps({"of": "text"}) + "\n")
        try:
            os.replace(complete, folder)
        except OSError:
            if not folder.is_dir():
                raise
