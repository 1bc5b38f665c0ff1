"""A trained model as a step."""

import json
import os
from typing import Any, Dict, List, Optional, Sequence

from allennlp.common.checks import ConfigurationError
from allennlp.common.params import with_overrides
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.annotation.fingerprints import texts_in
from bio_ie.annotation.steps.annotation_step import (
    CONCEPTS,
    FACTS,
    MENTIONS,
    RELATIONS,
    AnnotationStep,
)
from bio_ie.archives.archive_config import CONFIG_NAME, read_config
from bio_ie.archives.checked_archive import checked_archive
from bio_ie.files.failures import DocumentOrFailure
from bio_ie.predictors.document_predictor import DocumentPredictor


@AnnotationStep.register("archive")
class ArchiveStep(AnnotationStep):
    """
    Predicts with a trained model, as `bio-ie predict` does.

    A model that finds its own mentions gets the text alone. Its mentions are added to those of
    earlier steps. A model that takes mentions (SNERL, classifiers of pairs, a linker with given
    spans) gets those of earlier steps, and adds concepts, relations or facts.

    Registered as an `AnnotationStep` with name "archive".

    # Parameters

    archive : `str`
        An archive, or the folder of a training.
    batch_size : `int`, optional (default = `32`)
        See `DocumentPredictor`.
    overrides : `Dict[str, Any]`, optional
        Changes to the config of the archive, as for AllenNLP's `--overrides`: another place of a
        knowledge base, or an encoder in `bf16`.
    name
        As in every `AnnotationStep`.
    """

    def __init__(
        self,
        archive: str,
        batch_size: int = 32,
        overrides: Optional[Dict[str, Any]] = None,
        name: Optional[str] = None,
    ) -> None:
        super().__init__(name)
        if batch_size < 1:
            raise ConfigurationError(f"batch_size must be positive, not {batch_size}")
        self._archive = archive
        self._batch_size = batch_size
        self._overrides = dict(overrides or {})
        self._predictor: Optional[DocumentPredictor] = None

    def files(self) -> List[str]:
        """The archive, and the files that its reader and model name, such as knowledge bases."""
        if not os.path.exists(self._archive):
            raise ConfigurationError(f"step {self.name!r}: there is no archive {self._archive}")
        with checked_archive(self._archive) as folder:
            config = read_config(os.path.join(folder, CONFIG_NAME), self._archive)
        config = with_overrides(config, self._overrides)
        parts = [
            config.get(part) for part in ("dataset_reader", "validation_dataset_reader", "model")
        ]
        named = dict.fromkeys(text for text in texts_in(parts) if _is_path(text))
        return [self._archive, *named]

    def open(self, cuda_device: int = -1) -> None:
        overrides = json.dumps(self._overrides)
        archive = load_archive(self._archive, cuda_device=cuda_device, overrides=overrides)
        predictor = Predictor.from_archive(archive, "document")
        if not isinstance(predictor, DocumentPredictor):
            raise ConfigurationError(
                f"step {self.name!r}: the model of {self._archive} does not predict documents"
            )
        predictor.check_knowledge_bases()
        predictor.batch_size = self._batch_size
        self._predictor = predictor
        needs_mentions = predictor.takes_mentions and not predictor.has_detector
        self.needs = frozenset([MENTIONS] if needs_mentions else [])
        if needs_mentions and predictor.takes_concepts:
            self.needs |= {CONCEPTS}
        gives = {RELATIONS, FACTS}
        if not predictor.takes_mentions or predictor.has_detector:
            gives.add(MENTIONS)
        if predictor.links_mentions:
            gives.add(CONCEPTS)
        self.gives = frozenset(gives)

    def annotate(self, items: Sequence[DocumentOrFailure]) -> List[DocumentOrFailure]:
        assert self._predictor is not None
        return list(self._predictor.predict_documents(items))


def _is_path(text: str) -> bool:
    """Whether a text is the path of a file or folder, and no name that a folder has by chance."""
    return ("." in text or os.sep in text) and os.path.exists(text)
