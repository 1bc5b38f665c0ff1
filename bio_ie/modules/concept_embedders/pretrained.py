import os
import shutil
from pathlib import Path
from typing import Any, Dict, Optional

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.encoders import has_trained_weights
from bio_ie.files.unfinished import unfinished_folder
from bio_ie.knowledge.concept_embeddings import (
    ARCHIVED_FOLDER,
    ConceptVectors,
    ConceptVectorsError,
    archived_vectors,
    read_concept_vectors,
)
from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder
from bio_ie.modules.concept_embedders.concept_lookup import ConceptLookup


@ConceptEmbedder.register("pretrained")
class PretrainedConceptEmbedder(ConceptLookup):
    """
    Vectors of concepts, read from a file (see `bio_ie.knowledge.concept_embeddings`).

    By default they are not trained and not part of the archive: the file is mapped into memory, and
    the archive keeps the file's path and digest. It does not load with a file of another digest. If
    the file has moved, override `vectors` with its new path.

    If the vectors are trained, they are part of the archive's weights, and the file is copied to
    `SERIALIZATION_DIR/concept_vectors/`: an archive made with
    `include_in_archive: ["concept_vectors"]` is complete.

    Registered as a `ConceptEmbedder` with name "pretrained".

    # Parameters

    vectors : `str`
        The path of the file.
    trainable : `bool`, optional (default = `False`)
    concept_dropout : `float`, optional (default = `0.0`)
        See `ConceptLookup`.
    serialization_dir : `str`, optional
        Given by AllenNLP in training and loading.
    """

    digest: torch.Tensor
    """The digest of the file, `[32]`, uint8."""

    def __init__(
        self,
        vectors: str,
        trainable: bool = False,
        concept_dropout: float = 0.0,
        serialization_dir: Optional[str] = None,
    ) -> None:
        path = vectors
        if trainable and serialization_dir is not None:
            path = _archived_file(vectors, serialization_dir)
        content = self.read(path)
        super().__init__(content.keys, content.vectors.size(1), concept_dropout)
        self._path = path
        self.register_buffer(
            "digest", torch.frombuffer(bytearray.fromhex(content.digest), dtype=torch.uint8)
        )
        self.register_parameter("vectors", None)
        if trainable:
            self.vectors = torch.nn.Parameter(content.vectors.float().clone())
        else:
            self._fixed["vectors"] = content.vectors

    def read(self, path: str) -> ConceptVectors:
        """Reads the file. Raises `ConfigurationError` if that fails or the file has no concepts."""
        try:
            content = read_concept_vectors(path)
        except ConceptVectorsError as error:
            raise ConfigurationError(f"cannot read concept vectors: {error}") from error
        if not len(content.keys):
            raise ConfigurationError(f"cannot read concept vectors: {path} has no concepts")
        return content

    def vectors_at(self, places: torch.Tensor) -> torch.Tensor:
        table = self._fixed["vectors"] if self.vectors is None else self.vectors
        return table.index_select(0, places)

    def _load_from_state_dict(
        self, state_dict: Dict[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        trained_with = state_dict.get(f"{prefix}digest", self.digest)
        if not torch.equal(trained_with.cpu(), self.digest.cpu()):
            raise ConfigurationError(
                f"{self._path} is not the file of concept vectors that the model was trained with"
            )
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)


def _archived_file(path: str, serialization_dir: str) -> str:
    """The copy of the file `path` under `serialization_dir`, which is made when training begins.
    For an archive without the copy it is `path` itself."""
    saved = archived_vectors(path, serialization_dir)
    if saved.is_file() or has_trained_weights(serialization_dir) or not Path(path).is_file():
        return str(saved) if saved.is_file() else path
    saved.parent.mkdir(parents=True, exist_ok=True)
    with unfinished_folder(Path(serialization_dir), ARCHIVED_FOLDER) as aside:
        complete = aside / saved.name
        shutil.copyfile(path, complete)
        os.replace(complete, saved)
    return str(saved)
