"""A trained model as a step."""

import json
import os
from typing import Any, Dict, List, Optional, Sequence, Union, cast

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
from bio_ie.predictors.prepared_documents import PreparedDocuments

Prepared = Union[List[PreparedDocuments], List[DocumentOrFailure]]


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
    batch_size, batch_wordpieces : `int`, optional
        See `DocumentPredictor`.
    overrides : `Dict[str, Any]`, optional
        Changes to the config of the archive, as for AllenNLP's `--overrides`: another place of a
        knowledge base, or an encoder in `bf16`.
    name
        As in every `AnnotationStep`.
    """

    has_model = True

    def __init__(
        self,
        archive: str,
        batch_size: Optional[int] = None,
        overrides: Optional[Dict[str, Any]] = None,
        name: Optional[str] = None,
        batch_wordpieces: Optional[int] = None,
    ) -> None:
        super().__init__(name)
        self._archive = archive
        self._batches = {"batch_size": batch_size, "batch_wordpieces": batch_wordpieces}
        for setting, value in self._batches.items():
            if value is not None and value < 1:
                raise ConfigurationError(f"{setting} must be positive, not {value}")
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
        predictor = Predictor.from_archive(archive, "document", extra_args=self._batches)
        if not isinstance(predictor, DocumentPredictor):
            raise ConfigurationError(
                f"step {self.name!r}: the model of {self._archive} does not predict documents"
            )
        predictor.check_knowledge_bases()
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

    def open_to_prepare(self) -> None:
        self.open()
        if not self._opened.has_detector:
            self._opened.drop_weights()

    def prepare(self, items: Sequence[DocumentOrFailure]) -> Prepared:
        if self._opened.has_detector:
            return list(items)  # the first thing that is done with them is the detector's
        return list(self._opened.prepare_documents(items))

    def finish(self, prepared: Prepared) -> List[DocumentOrFailure]:
        if self._opened.has_detector:
            return list(self._opened.predict_documents(cast(List[DocumentOrFailure], prepared)))
        return list(self._opened.predict_prepared(cast(List[PreparedDocuments], prepared)))

    @property
    def _opened(self) -> DocumentPredictor:
        assert self._predictor is not None, "the step is not open"
        return self._predictor


def _is_path(text: str) -> bool:
    """Whether a text is the path of a file or folder, and no name that a folder has by chance."""
    return ("." in text or os.sep in text) and os.path.exists(text)
