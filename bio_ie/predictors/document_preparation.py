"""What is done with documents before a model gets them."""

import logging
from itertools import chain
from typing import Any, Iterable, Iterator, List, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.common.util import lazy_groups_of
from allennlp.data import Batch, Instance, Vocabulary

from bio_ie.data.dataset_readers import DocumentReader
from bio_ie.data.dataset_readers.document_reader import VIEWS_AT_ONCE
from bio_ie.data.fields import TagField
from bio_ie.files.failures import DocumentOrFailure, Failure
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.predictors.instance_batches import batches_of_like_width, instance_size
from bio_ie.predictors.prediction_window import PredictionWindow
from bio_ie.predictors.prepared_documents import PreparedBatch, PreparedDocuments
from bio_ie.text.document import Document

logger = logging.getLogger(__name__)


class DocumentPreparation:
    """
    Makes batches of documents: reads them into instances, and puts instances of like length
    together. It needs the reader and the vocabulary of a model, and not the model.

    # Parameters

    reader : `DocumentReader`
    vocab : `Vocabulary`
    takes_mentions : `bool`
        Whether the mentions of the documents are used.
    labels_mentions : `bool`
        Whether they are labels, too.
    batch_size : `int`
        The most instances of a batch.
    batch_slots : `int`
        The most slots of a batch (`batches_of_like_width`).
    """

    def __init__(
        self,
        reader: DocumentReader[Any],
        vocab: Vocabulary,
        takes_mentions: bool,
        labels_mentions: bool,
        batch_size: int,
        batch_slots: int,
    ) -> None:
        self._reader = reader
        self._vocab = vocab
        self._takes_mentions = takes_mentions
        self._labels_mentions = labels_mentions
        self._batch_size = batch_size
        self._batch_slots = batch_slots

    def __call__(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[PreparedDocuments]:
        """Prepares a stream of documents, window by window (`PredictionWindow`). Failures pass
        through, and a document that the reader cannot read becomes a failure."""
        window = self._new_window()
        for some in lazy_groups_of(inputs, VIEWS_AT_ONCE):
            for item, instances in self._with_instances(some):
                window.add(item, instances)
            if window.is_full:
                yield self._prepared(window)
                window = self._new_window()
        if window.items:
            yield self._prepared(window)

    def alone(self, document: Document) -> PreparedDocuments:
        """Prepares one document. What is wrong with it is raised, and is no failure."""
        (instances,) = self._instances([document])
        batches = [
            PreparedBatch(indices, Batch([instances[index] for index in indices]).as_tensor_dict())
            for indices in self._indices(instances)
        ]
        return PreparedDocuments([(document, len(instances))], batches)

    def _new_window(self) -> PredictionWindow:
        return PredictionWindow(self._batch_size, self._batch_slots)

    def _with_instances(
        self, items: Sequence[DocumentOrFailure]
    ) -> List[Tuple[DocumentOrFailure, List[Instance]]]:
        documents = [item for item in items if isinstance(item, Document)]
        try:
            instances = iter(self._instances(documents))
        except KnowledgeBaseError:
            raise  # it is no document's fault, and every document would fail in the same way
        except Exception as error:  # a document that the reader cannot read fails alone
            if len(items) == 1:
                return [(failure_of(items[0], error), [])]
            return list(chain.from_iterable(self._with_instances([item]) for item in items))
        return [(item, next(instances) if isinstance(item, Document) else []) for item in items]

    def _instances(self, documents: Sequence[Document]) -> List[List[Instance]]:
        documents = [
            document.with_changes(relations=(), facts=())
            if self._takes_mentions
            else document.without_annotations()
            for document in documents
        ]
        instances = self._reader.documents_to_instances(documents, self._labels_mentions)
        for instance in chain.from_iterable(instances):
            instance.index_fields(self._vocab)
            for tags in instance.fields.values():
                # Training and scoring treat an unknown tag as "O". Here, its mention would be lost.
                unknown = isinstance(tags, TagField) and tags.unknown_labels(self._vocab)
                if unknown:
                    names = ", ".join(sorted(unknown))
                    raise ConfigurationError(f"the model lacks the tags {names}")
        return instances

    def _prepared(self, window: PredictionWindow) -> PreparedDocuments:
        instances = [instance for _, some in window.items for instance in some]
        batches = []
        for indices in self._indices(instances):
            try:
                tensors = Batch([instances[index] for index in indices]).as_tensor_dict()
            except Exception as error:
                logger.debug("the tensors of a batch could not be made", exc_info=error)
                tensors = None
            batches.append(PreparedBatch(indices, tensors))
        return PreparedDocuments([(item, len(some)) for item, some in window.items], batches)

    def _indices(self, instances: Sequence[Instance]) -> List[List[int]]:
        sizes = [instance_size(instance) for instance in instances]
        return batches_of_like_width(sizes, self._batch_size, self._batch_slots)


def failure_of(item: DocumentOrFailure, error: Exception) -> Failure:
    """The failure of a document that an error has stopped."""
    logger.debug("prediction failed", exc_info=error)
    reason = error.message if isinstance(error, ConfigurationError) else error
    return Failure(item.id, f"{type(error).__name__}: {reason}")
