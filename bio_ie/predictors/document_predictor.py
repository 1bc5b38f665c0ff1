"""The predictor of documents, which works with every system of this package."""

import json
import logging
from itertools import chain, islice
from typing import Any, Iterable, Iterator, List, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.common.util import JsonDict, lazy_groups_of
from allennlp.data import DatasetReader, Instance
from allennlp.models import Model
from allennlp.predictors import Predictor

from bio_ie.data.dataset_readers import DocumentReader
from bio_ie.data.dataset_readers.document_reader import VIEWS_AT_ONCE
from bio_ie.data.fields import TagField
from bio_ie.data.mention_source import MentionSource
from bio_ie.encoders import merge_lora
from bio_ie.files.failures import DocumentOrFailure, Failure
from bio_ie.files.strict_json import parse_json
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.knowledge.leaks import KNOWN_FROM
from bio_ie.modules.distinct_words import encode_distinct_words
from bio_ie.modules.token_embedders.pretrained_transformer_words_embedder import cast_products_once
from bio_ie.predictors.document_input import as_object, document_from_input
from bio_ie.predictors.document_model import HasEntitySource, KeepsMentions, LinksMentions
from bio_ie.predictors.instance_batches import batches_of_like_width, instance_size
from bio_ie.predictors.predicted_document import annotated
from bio_ie.predictors.prediction_window import PredictionWindow
from bio_ie.predictors.whole_documents import WholeDocuments
from bio_ie.text.document import Document, DocumentError

logger = logging.getLogger(__name__)

INITIAL_GRAPH = "initial_graph"
PAIRS = "predicted_pairs"
"""Keys of a predicted document's metadata."""

_ON_CPU, _ON_GPU = 32, 256
"""The number of instances in a batch."""

_WORDPIECES_PER_INSTANCE = 32
"""In a full batch. A sentence of an abstract has 38 wordpieces on average."""


@Predictor.register("document")
class DocumentPredictor(Predictor):
    """Predicts whole documents with any model of this package.

    The input is JSON lines (see `document_from_input`), or a corpus file with
    `--use-dataset-reader` or `bio-ie predict --from FORMAT`. The output is one `Document` per line,
    with offsets in the input text. Predictions replace the annotations of the input. A document
    that fails gives `{"id": ..., "error": ...}`, and the other documents are still predicted.

    For each instance, the model's output may have `mentions`, `relations` and `facts`. Their ids
    need to be unique only within the instance. The output may also have `initial_mentions` and
    `initial_relations`: KECI's graph before the model refines it. This graph is kept in the
    document's metadata as `initial_graph`, with `mentions` and `relations` in the JSON form of a
    document. A model that `keeps_mentions` classifies pairs of given mentions. Its output also has
    a `pair` for each instance, with all that the model predicts for the pair, which is kept in the
    metadata as `predicted_pairs`. A document from a paper that is evidence in the knowledge of the
    model has `known_from` in its metadata, the files that it is evidence in, so that it is not
    scored (`bio-ie score`).

    A model gets the mentions of its input if its `entity_source` is `"gold"`, or if its reader
    `reads_mentions`. No other annotations of the input are used.

    Registered as a `Predictor` with name "document".

    # Parameters

    model : `Model`
    dataset_reader : `DatasetReader`
        A `DocumentReader`.
    batch_size : `int`, optional (default = `32`, and `256` on a GPU)
        The most instances (for example sentences) in one batch. A batch may have instances of
        several documents.
    batch_wordpieces : `int`, optional (default = `32 * batch_size`, but at least `1024`)
        The most wordpieces in one batch, padding included. A longer instance is a batch of its own.
        If the reader makes no wordpieces, words count. Instances of similar length share a batch.
        They come from a window of 128 batches (`PredictionWindow`).
    mention_detector : `str`, optional
        The archive of a model that finds mentions (`MentionDetector`), for a model that needs the
        mentions of its input. Documents without mentions get the mentions that it finds. By
        default, the `mention_detector` of the reader.

    # Attributes

    num_documents, num_failures : `int`
        The number of documents so far, failures included, and the number of failures.
    takes_mentions, has_detector : `bool`
        Whether the model gets mentions, and whether a detector finds them in documents without
        mentions.
    """

    def __init__(
        self,
        model: Model,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        batch_size: Optional[int] = None,
        mention_detector: Optional[str] = None,
        batch_wordpieces: Optional[int] = None,
    ) -> None:
        if not isinstance(dataset_reader, DocumentReader):
            raise ConfigurationError("the 'document' predictor needs a reader of this package")
        for name, value in (("batch_size", batch_size), ("batch_wordpieces", batch_wordpieces)):
            if value is not None and value < 1:
                raise ConfigurationError(f"{name} must be positive, not {value}")
        super().__init__(model, dataset_reader, frozen)
        if frozen:
            merge_lora(model)
            encode_distinct_words(model)
            cast_products_once(model)
            dataset_reader.remember_words()
        self._reader: DocumentReader[Any] = dataset_reader
        # With --use-dataset-reader, AllenNLP reads "instances" from this, which are documents here.
        self._dataset_reader = WholeDocuments(dataset_reader)  # type: ignore[assignment]
        self.batch_size = batch_size or (_ON_CPU if self.cuda_device < 0 else _ON_GPU)
        self.batch_wordpieces = batch_wordpieces
        self.num_documents = self.num_failures = 0
        self._keeps_mentions = isinstance(model, KeepsMentions) and model.keeps_mentions
        self._labels_mentions = isinstance(model, HasEntitySource) and model.entity_source == "gold"
        self.takes_mentions = self._labels_mentions or dataset_reader.reads_mentions
        archive = mention_detector or dataset_reader.mention_detector
        self._detector: Optional[MentionSource] = None
        if archive is not None:
            if not self.takes_mentions:
                raise ConfigurationError(f"mention_detector: {type(model).__name__} finds its own")
            self._detector = MentionSource.by_name("archive")(archive, self.cuda_device)
        self._lines = 0

    @property
    def links_mentions(self) -> bool:
        """Whether the model predicts the concepts of mentions."""
        return isinstance(self._model, LinksMentions) and self._model.links_mentions

    def check_knowledge_bases(self) -> None:
        """Opens the knowledge bases of the model's reader. Raises `KnowledgeBaseError` for one that
        is missing or damaged, which would otherwise be found with the first document."""
        for kb in self._reader.knowledge_bases():
            len(kb)

    @property
    def takes_concepts(self) -> bool:
        """Whether the model uses the concepts of the mentions that it gets."""
        return self.takes_mentions and self._reader.reads_concepts

    @property
    def has_detector(self) -> bool:
        return self._detector is not None

    def predict_documents(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        """Predicts a stream of documents, in order. Failures pass through, and a document that
        fails becomes a failure. The documents of one `PredictionWindow` are in memory at a time."""
        if self._detector is not None:
            inputs = self._detector(inputs)
        for output in self._predictions(inputs):
            self.num_documents += 1
            self.num_failures += isinstance(output, Failure)
            yield output

    def _predictions(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        window = self._new_window()
        for some in lazy_groups_of(inputs, VIEWS_AT_ONCE):
            for item, instances in self._with_instances(some):
                window.add(item, instances)
            if window.is_full:
                yield from self._predict(window)
                window = self._new_window()
        yield from self._predict(window)

    def _new_window(self) -> PredictionWindow:
        return PredictionWindow(self.batch_size, self._batch_slots)

    @property
    def _batch_slots(self) -> int:
        usual = _WORDPIECES_PER_INSTANCE * max(self.batch_size, _ON_CPU)
        return self.batch_wordpieces or usual

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
                return [(_failure(items[0], error), [])]
            return list(chain.from_iterable(self._with_instances([item]) for item in items))
        return [(item, next(instances) if isinstance(item, Document) else []) for item in items]

    def _instances(self, documents: Sequence[Document]) -> List[List[Instance]]:
        documents = [
            document.with_changes(relations=(), facts=())
            if self.takes_mentions
            else document.without_annotations()
            for document in documents
        ]
        instances = self._reader.documents_to_instances(documents, self._labels_mentions)
        for instance in chain.from_iterable(instances):
            instance.index_fields(self._model.vocab)
            for tags in instance.fields.values():
                # Training and scoring treat an unknown tag as "O". Here, its mention would be lost.
                unknown = isinstance(tags, TagField) and tags.unknown_labels(self._model.vocab)
                if unknown:
                    names = ", ".join(sorted(unknown))
                    raise ConfigurationError(f"the model lacks the tags {names}")
        return instances

    def _predict(self, window: PredictionWindow) -> Iterator[DocumentOrFailure]:
        outputs = iter(self._forward([inst for _, some in window.items for inst in some]))
        for item, instances in window.items:
            yield self._finished(item, instances, list(islice(outputs, len(instances))))

    def _finished(
        self,
        item: DocumentOrFailure,
        instances: List[Instance],
        outputs: Sequence[Optional[JsonDict]],
    ) -> DocumentOrFailure:
        try:
            if None in outputs:
                # A batch failed. Alone, the document that is to blame fails again, and others do
                # not.
                outputs = self._forward(instances, is_alone=True)
            return self._assemble(item, [output for output in outputs if output is not None])
        except KnowledgeBaseError:
            raise
        except Exception as error:
            return _failure(item, error)

    def _forward(
        self, instances: List[Instance], is_alone: bool = False
    ) -> List[Optional[JsonDict]]:
        """The output of the model for each instance, or `None` where a batch failed. If the
        instances are those of one document alone, the error is raised instead."""
        outputs: List[Optional[JsonDict]] = [None] * len(instances)
        sizes = [instance_size(instance) for instance in instances]
        for indices in batches_of_like_width(sizes, self.batch_size, self._batch_slots):
            try:
                batch = self._model.forward_on_instances([instances[index] for index in indices])
            except Exception as error:
                if is_alone or isinstance(error, KnowledgeBaseError):
                    raise
                logger.debug("a batch failed", exc_info=error)
                continue
            for index, output in zip(indices, batch, strict=True):
                outputs[index] = output
        return outputs

    def _assemble(self, item: DocumentOrFailure, outputs: Sequence[JsonDict]) -> DocumentOrFailure:
        """The document with the predictions of its instances."""
        if isinstance(item, Failure):
            return item
        metadata = dict(item.metadata or {})
        for key in (INITIAL_GRAPH, PAIRS, KNOWN_FROM):
            metadata.pop(key, None)  # the input may be a prediction itself
        if known_from := self._reader.files_that_know(item):
            metadata[KNOWN_FROM] = known_from
        if self._keeps_mentions:
            relations = [relation for output in outputs for relation in output["relations"]]
            metadata[PAIRS] = [output["pair"] for output in outputs]
            return item.with_changes(relations=relations, facts=(), metadata=metadata)
        if any("initial_mentions" in output for output in outputs):
            graph = annotated(item, outputs, "initial_").to_json()
            metadata[INITIAL_GRAPH] = {
                part: graph.get(part, []) for part in ("mentions", "relations")
            }
        facts = tuple(fact for output in outputs for fact in output.get("facts", ()))
        return annotated(item, outputs).with_changes(facts=facts, metadata=metadata)

    # AllenNLP's command line

    def load_line(self, line: str) -> JsonDict:
        """The JSON object of a line. A list of tokens or a text becomes an object. If it has no id,
        its id is the number of the line, without blank lines. Any other line gives an object that
        reports the failure."""
        self._lines += 1
        name = str(self._lines)
        try:
            value = parse_json(line)
        except ValueError as error:
            return Failure(name, f"input {name} is not valid JSON: {error}").to_json()
        value = as_object(value)
        if not isinstance(value, dict):
            return self._read_input(value, name).to_json()
        return value if value.get("id") is not None else {**value, "id": name}

    def predict_json(self, inputs: JsonDict) -> JsonDict:
        return self.predict_batch_json([inputs])[0]

    def predict_batch_json(self, inputs: List[JsonDict]) -> List[JsonDict]:
        return [output.to_json() for output in self.predict_lines(inputs)]

    def predict_lines(self, inputs: Iterable[JsonDict]) -> Iterator[DocumentOrFailure]:
        """Predicts a stream of JSON objects, such as `load_line` gives, in order."""
        numbered = enumerate(inputs, 1)
        return self.predict_documents(self._read_input(value, str(n)) for n, value in numbered)

    def predict_instance(self, instance: DocumentOrFailure) -> JsonDict:  # type: ignore[override]
        return self.predict_batch_instance([instance])[0]

    def predict_batch_instance(  # type: ignore[override]
        self, instances: List[DocumentOrFailure]
    ) -> List[JsonDict]:
        return [item.to_json() for item in self.predict_documents(instances)]

    def dump_line(self, outputs: JsonDict) -> str:
        return json.dumps(outputs, ensure_ascii=False) + "\n"

    def _read_input(self, value: Any, name: str) -> DocumentOrFailure:
        if isinstance(value, dict) and value.keys() == {"id", "error"}:
            return Failure(value["id"], str(value["error"]))  # the input is a failure itself
        try:
            return document_from_input(value, name, with_mentions=self.takes_mentions)
        except DocumentError as error:
            return Failure(error.document_id, str(error))


def _failure(item: DocumentOrFailure, error: Exception) -> Failure:
    logger.debug("prediction failed", exc_info=error)
    reason = error.message if isinstance(error, ConfigurationError) else error
    return Failure(item.id, f"{type(error).__name__}: {reason}")
