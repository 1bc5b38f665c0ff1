"""A model as a component of a spaCy pipeline."""

import os
import shutil
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, Mapping, Optional, Union

import torch
from allennlp.common.checks import ConfigurationError
from spacy.tokens import Doc
from spacy.util import minibatch

from bio_ie.api.loaded_model import LoadedModel, PredictionError
from bio_ie.api.loading import load
from bio_ie.api.spacy_components.documents import document_of, fill, set_extensions
from bio_ie.files.failures import Failure

ARCHIVE = "model.tar.gz"
ON_ERROR = ("raise", "skip")


class ModelComponent:
    """
    Finds mentions, relations and facts with a model or a pipeline of this package.

        nlp = spacy.blank("en")
        nlp.add_pipe("bio_ie", config={"archive": "runs/demo/model.tar.gz"})
        doc = nlp("Severe rash after amoxicillin.")
        doc.ents, doc.spans["bio_ie"], doc._.relations, doc._.facts

    The model gets the text, and finds sentences and words as in its training, whatever those of
    spaCy are. A model that takes mentions gets the entities of the document. The model is loaded
    with the first text, in each process.

    # Parameters

    name : `str`
    archive : `str`, optional
        See `bio_ie.load`. It may be left out only if `from_disk` follows.
    spans_key : `str`, optional (default = `"bio_ie"`)
        The name of the group of spans with all mentions (`doc.spans`).
    overwrite_ents : `bool`, optional (default = `True`)
        Whether the mentions replace the entities of a document, and are not added to them.
    device : `str`, optional
    overrides : `Dict[str, Any]`, optional
        See `bio_ie.load`.
    on_error : `str`, optional (default = `"raise"`)
        What becomes of a document that cannot be predicted: `"raise"` a `PredictionError`, or
        `"skip"` leaves it as it is.
    """

    def __init__(
        self,
        name: str = "bio_ie",
        archive: Optional[str] = None,
        spans_key: str = "bio_ie",
        overwrite_ents: bool = True,
        device: Optional[str] = None,
        overrides: Optional[Mapping[str, Any]] = None,
        on_error: str = "raise",
    ) -> None:
        if on_error not in ON_ERROR:
            raise ConfigurationError(f"on_error must be 'raise' or 'skip', not {on_error!r}")
        set_extensions()
        self.name = name
        self._archive = archive
        self._spans_key = spans_key
        self._overwrite_ents = overwrite_ents
        self._device = device
        self._overrides = dict(overrides or {})
        self._on_error = on_error
        self._model: Optional[LoadedModel] = None
        self._process = os.getpid()

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_model": None}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        set_extensions()

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Processes a stream of documents, so many at a time."""
        for docs in minibatch(stream, batch_size):
            model = self._loaded()
            documents = (document_of(doc, doc.ents if model.takes_mentions else ()) for doc in docs)
            found = model.pipe(documents, on_error="keep")
            for doc, item in zip(docs, found, strict=True):
                if not isinstance(item, Failure):
                    fill(doc, item, self._spans_key, self._overwrite_ents)
                elif self._on_error == "raise":
                    raise PredictionError(item)
                yield doc

    def _loaded(self) -> LoadedModel:
        if self._model is None or self._process != os.getpid():
            if self._archive is None:
                raise ConfigurationError(
                    f"the component {self.name!r} needs the path of an archive: "
                    "config={'archive': ...}"
                )
            if self._process != os.getpid():
                # A process that was forked hangs if it computes with the threads of the other one.
                torch.set_num_threads(1)
            self._model = load(self._archive, self._device, self._overrides)
            self._process = os.getpid()
        return self._model

    # Serialisation

    def to_disk(self, path: Union[str, Path], *, exclude: Iterable[str] = ()) -> None:
        """Copies the archive into a folder, so that the saved pipeline needs no other files. A
        pipeline of steps stays where it is, since its files do."""
        Path(path).mkdir(parents=True, exist_ok=True)
        source = self._file()
        if source is not None and source != Path(path, ARCHIVE).absolute():
            shutil.copyfile(source, Path(path, ARCHIVE))

    def from_disk(self, path: Union[str, Path], *, exclude: Iterable[str] = ()) -> "ModelComponent":
        """Takes the archive of a folder that `to_disk` has written."""
        if Path(path, ARCHIVE).exists():
            self._archive, self._model = str(Path(path, ARCHIVE).absolute()), None
        return self

    def _file(self) -> Optional[Path]:
        if self._archive is None:
            raise ConfigurationError(f"the component {self.name!r} has no archive to save")
        path = Path(self._archive).absolute()
        if path.suffix in (".json", ".jsonnet"):
            return None
        path = path / ARCHIVE if path.is_dir() else path
        if not path.is_file():
            raise ConfigurationError(f"there is no archive {path}")
        return path
