"""Loads a trained model that is part of another model."""

import json
from pathlib import Path
from typing import Optional

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.params import remove_keys_from_params
from allennlp.data import Vocabulary
from allennlp.models import Model, load_archive

from bio_ie.archives.archive_config import CONFIG_NAME, check_config, read_config
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.trust import is_trusted


def model_of_inner_archive(
    archive_file: str, vocab: Vocabulary, serialization_dir: Optional[str], folder: str
) -> Model:
    """Loads the model of an archive (the inner model) as a part of another model (the outer model).
    The inner model gets the vocabulary of the outer model, which must extend its own.

    The first time, the config of the inner model is copied to `SERIALIZATION_DIR/FOLDER`. If the
    serialization folder also holds the weights of the outer model, the inner model is built from
    that copy: the weights of the outer model include those of the inner one, and the inner archive
    is not needed any more.

    # Parameters

    archive_file : `str`
        The archive of the inner model.
    vocab : `Vocabulary`
        The vocabulary of the outer model.
    serialization_dir : `str`, optional
        The serialization folder of the outer model.
    folder : `str`
        A name that the config of the outer model lists in `include_in_archive`.

    Raises `ConfigurationError` if the archive does not exist, would run foreign code (see
    `checked_archive`), or has a vocabulary that `vocab` does not extend.
    """
    kept = Path(serialization_dir, folder, CONFIG_NAME) if serialization_dir else None
    if kept is not None and kept.is_file() and _has_weights(kept.parent.parent):
        config = read_config(str(kept), str(kept))
        if not is_trusted():
            check_config(config, str(kept))
        params = Params(config)
        remove_keys_from_params(params)
        return Model.from_params(params, vocab=vocab, serialization_dir=serialization_dir)
    try:
        archive = load_archive(archive_file)
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"there is no archive {archive_file} to start from. A trained model does not need it "
            f'if its config has include_in_archive: ["{folder}"]'
        ) from error
    model = archive.model
    require_extension(vocab, model.vocab, archive_file)
    model.vocab = vocab
    model.extend_embedder_vocab()
    if kept is not None:
        # All distributed workers write this file, and none of them may read half of it.
        with atomic_writer(kept) as file:
            file.write(json.dumps(archive.config.as_dict(quiet=True)["model"], indent=2) + "\n")
    return model


def require_extension(vocab: Vocabulary, base: Vocabulary, archive_file: str) -> None:
    """Raises `ConfigurationError` unless every word of `base` has the same index in `vocab`."""
    known = vocab.get_namespaces()
    for namespace in base.get_namespaces():
        # The vocabulary would create a namespace that it does not have yet.
        indices = vocab.get_token_to_index_vocabulary(namespace) if namespace in known else {}
        for word, index in base.get_token_to_index_vocabulary(namespace).items():
            if indices.get(word) != index:
                raise ConfigurationError(
                    f"{word!r} of {namespace!r} has index {index} in {archive_file}, but "
                    f"{indices.get(word)} here: give the config a vocabulary "
                    '{"type": "extend", "directory": ARCHIVE}'
                )


def _has_weights(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("weights.th", "best.th"))
