"""The predictor of documents, which works with every system of this package."""

import json
import logging
from itertools import islice
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence

from allennlp.common.checks import ConfigurationError
from allennlp.common.util import JsonDict
from allennlp.data import DatasetReader
from allennlp.models import Model
from allennlp.predictors import Predictor

from bio_ie.data.dataset_readers import DocumentReader
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
from bio_ie.predictors.document_preparation import DocumentPreparation, failure_of
from bio_ie.predictors.model_outputs import outputs_of_instances
from bio_ie.predictors.predicted_document import annotated
from bio_ie.predictors.prepared_documents import PreparedBatch, PreparedDocuments
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

    def drop_weights(self) -> None:
        """Frees the memory of the model. After this, documents can be prepared, not predicted."""
        self._model.to("meta")

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
        return self.predict_prepared(self.prepare_documents(inputs))

    def prepare_documents(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[PreparedDocuments]:
        """All that is done with a stream of documents before the model of this predictor gets them.
        Another process may do this."""
        if self._detector is not None:
            inputs = self._detector(inputs)
        return self._preparation()(inputs)

    def predict_prepared(self, windows: Iterable[PreparedDocuments]) -> Iterator[DocumentOrFailure]:
        """Predicts documents that are prepared, by this predictor or by one of the same archive in
        another process. See `predict_documents`."""
        for window in windows:
            for output in self._predict(window):
                self.num_documents += 1
                self.num_failures += isinstance(output, Failure)
                yield output

    def _preparation(self) -> DocumentPreparation:
        usual = _WORDPIECES_PER_INSTANCE * max(self.batch_size, _ON_CPU)
        return DocumentPreparation(
            self._reader,
            self._model.vocab,
            self.takes_mentions,
            self._labels_mentions,
            self.batch_size,
            self.batch_wordpieces or usual,
        )

    def _predict(self, window: PreparedDocuments) -> Iterator[DocumentOrFailure]:
        outputs: List[Optional[JsonDict]] = [None] * window.num_instances
        for batch in window.batches:
            try:
                found = self._forward(batch)
            except KnowledgeBaseError:
                raise
            except Exception as error:
                logger.debug("a batch failed", exc_info=error)
                continue
            for index, output in zip(batch.indices, found, strict=True):
                outputs[index] = output
        stream = iter(outputs)
        for item, num_instances in window.items:
            yield self._finished(item, list(islice(stream, num_instances)))

    def _forward(self, batch: PreparedBatch) -> List[JsonDict]:
        if batch.tensors is None:
            raise ValueError("the tensors of this batch could not be made")
        return outputs_of_instances(self._model, batch.tensors, len(batch.indices))

    def _finished(
        self, item: DocumentOrFailure, outputs: Sequence[Optional[JsonDict]]
    ) -> DocumentOrFailure:
        try:
            if None in outputs and isinstance(item, Document):
                # A batch failed. Alone, the document that is to blame fails again, and others do
                # not.
                outputs = self._alone(item)
            return self._assemble(item, [output for output in outputs if output is not None])
        except KnowledgeBaseError:
            raise
        except Exception as error:
            return failure_of(item, error)

    def _alone(self, document: Document) -> List[JsonDict]:
        prepared = self._preparation().alone(document)
        outputs: Dict[int, JsonDict] = {}
        for batch in prepared.batches:
            outputs.update(zip(batch.indices, self._forward(batch), strict=True))
        return [outputs[index] for index in sorted(outputs)]

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
