"""Finds mentions in documents without mentions, for models that need mentions as input."""

from itertools import islice
from typing import Iterable, Iterator, Optional

from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.data.mention_source import MentionSource
from bio_ie.files.failures import DocumentOrFailure
from bio_ie.predictors.document_predictor import DocumentPredictor
from bio_ie.text.document import Document

_DOCUMENTS_AT_ONCE = 256


class MissingDetectorError(ConfigurationError):
    """Raised when the archive of the detector is missing. It is no document's fault, and every
    document would fail in the same way."""


@MentionSource.register("archive")
class MentionDetector(MentionSource):
    """Finds mentions with a trained model, for documents without mentions.

    # Parameters

    archive : `str`
        The archive of a model that predicts mentions, such as `joint_ner_re`. It is loaded when
        first needed. Loading raises `MissingDetectorError` if there is no such archive, and
        `ConfigurationError` if it would run foreign code (`checked_archive`).
    cuda_device : `int`, optional (default = `-1`)
    """

    def __init__(self, archive: str, cuda_device: int = -1) -> None:
        super().__init__(archive, cuda_device)
        self._predictor: Optional[DocumentPredictor] = None

    def __call__(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        """The same documents, in order. Documents without mentions get mentions. Failures pass
        through, and a document in which the search for mentions fails becomes a failure."""
        stream = iter(inputs)
        while items := list(islice(stream, _DOCUMENTS_AT_ONCE)):
            is_bare = [isinstance(item, Document) and not item.mentions for item in items]
            bare = [item for item, lacks in zip(items, is_bare, strict=True) if lacks]
            found = self._loaded().predict_documents(bare) if bare else iter(())
            for item, lacks in zip(items, is_bare, strict=True):
                yield _with_mentions(item, next(found)) if lacks else item

    def _loaded(self) -> DocumentPredictor:
        if self._predictor is None:
            try:
                archive = load_archive(self.archive, cuda_device=self.cuda_device)
            except FileNotFoundError as error:
                raise MissingDetectorError(
                    f"mention_detector: there is no archive {self.archive}"
                ) from error
            predictor = Predictor.from_archive(archive, "document")
            if not isinstance(predictor, DocumentPredictor):
                raise ConfigurationError(f"mention_detector {self.archive} predicts no documents")
            self._predictor = predictor
        return self._predictor


def _with_mentions(item: DocumentOrFailure, found: DocumentOrFailure) -> DocumentOrFailure:
    if isinstance(item, Document) and isinstance(found, Document):
        return item.with_changes(mentions=found.mentions, relations=())
    return found
