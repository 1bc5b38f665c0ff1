"""The predictor of documents, which works with every system of this package."""

import json
import logging
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.common.util import JsonDict, lazy_groups_of
from allennlp.data import DatasetReader, Instance
from allennlp.models import Model
from allennlp.predictors import Predictor

from bio_ie.data.dataset_readers import DocumentReader
from bio_ie.data.dataset_readers.document_reader import VIEWS_AT_ONCE, CorpusPath
from bio_ie.data.fields import TagField
from bio_ie.data.mention_source import MentionSource
from bio_ie.encoders import merge_lora
from bio_ie.files.failures import DocumentOrFailure, Failure, read_with_failures
from bio_ie.files.strict_json import parse_json
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.knowledge.leaks import KNOWN_FROM
from bio_ie.predictors.document_input import as_object, document_from_input
from bio_ie.predictors.document_model import HasEntitySource, KeepsMentions, LinksMentions
from bio_ie.text.document import Document, DocumentError, Mention, Relation

logger = logging.getLogger(__name__)

INITIAL_GRAPH = "initial_graph"
PAIRS = "predicted_pairs"
"""Keys of a predicted document's metadata."""


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
    batch_size : `int`, optional (default = `32`)
        The number of instances (for example sentences) in one batch. A batch may have instances of
        several documents.
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
        batch_size: int = 32,
        mention_detector: Optional[str] = None,
    ) -> None:
        if not isinstance(dataset_reader, DocumentReader):
            raise ConfigurationError("the 'document' predictor needs a reader of this package")
        if batch_size < 1:
            raise ConfigurationError(f"batch_size must be positive, not {batch_size}")
        super().__init__(model, dataset_reader, frozen)
        if frozen:
            merge_lora(model)
        self._reader: DocumentReader[Any] = dataset_reader
        # With --use-dataset-reader, AllenNLP reads "instances" from this, which are documents here.
        self._dataset_reader = _Documents(dataset_reader)  # type: ignore[assignment]
        self.batch_size = batch_size
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
        fails becomes a failure. Only a few batches of instances are in memory at a time."""
        if self._detector is not None:
            inputs = self._detector(inputs)
        for output in self._predictions(inputs):
            self.num_documents += 1
            self.num_failures += isinstance(output, Failure)
            yield output

    def _predictions(self, inputs: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        pending: List[Tuple[DocumentOrFailure, List[Instance]]] = []
        num_instances = 0
        for some in lazy_groups_of(inputs, VIEWS_AT_ONCE):
            found = self._with_instances(some)
            pending += found
            num_instances += sum(len(instances) for _, instances in found)
            # Several batches are predicted at once, so that sentences of similar length can share a
            # batch. Inputs without instances count too, so that they do not pile up in memory.
            if max(num_instances, len(pending)) >= 8 * self.batch_size:
                yield from self._predict(pending)
                pending, num_instances = [], 0
        yield from self._predict(pending)

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
            for tags in instance.fields.values():
                # Training and scoring treat an unknown tag as "O". Here, its mention would be lost.
                unknown = isinstance(tags, TagField) and tags.unknown_labels(self._model.vocab)
                if unknown:
                    names = ", ".join(sorted(unknown))
                    raise ConfigurationError(f"the model lacks the tags {names}")
        return instances

    def _predict(
        self, pending: Sequence[Tuple[DocumentOrFailure, List[Instance]]]
    ) -> List[DocumentOrFailure]:
        try:
            outputs = iter(self._forward([inst for _, instances in pending for inst in instances]))
            return [self._assemble(item, list(islice(outputs, len(i)))) for item, i in pending]
        except KnowledgeBaseError:
            raise
        except Exception as error:
            if len(pending) == 1:
                return [_failure(pending[0][0], error)]
            # Predict one document at a time, to find the one that fails and keep the others.
            return list(chain.from_iterable(self._predict([item]) for item in pending))

    def _forward(self, instances: List[Instance]) -> List[JsonDict]:
        order = sorted(range(len(instances)), key=lambda index: _num_words(instances[index]))
        outputs: List[JsonDict] = [{} for _ in instances]
        for first in range(0, len(order), self.batch_size):
            indices = order[first : first + self.batch_size]
            batch = self._model.forward_on_instances([instances[index] for index in indices])
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
            graph = _annotated(item, outputs, "initial_").to_json()
            metadata[INITIAL_GRAPH] = {
                part: graph.get(part, []) for part in ("mentions", "relations")
            }
        facts = tuple(fact for output in outputs for fact in output.get("facts", ()))
        return _annotated(item, outputs).with_changes(facts=facts, metadata=metadata)

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
        items = [self._read_input(value, str(number)) for number, value in enumerate(inputs, 1)]
        return self.predict_batch_instance(items)

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


class _Documents:
    """A reader for AllenNLP's predict command that gives documents instead of instances."""

    def __init__(self, reader: DocumentReader[Any]) -> None:
        self._reader = reader

    def read(self, file_path: CorpusPath) -> Iterator[DocumentOrFailure]:
        return read_with_failures(partial(self._reader.read_documents, file_path))


def _annotated(document: Document, outputs: Sequence[JsonDict], prefix: str = "") -> Document:
    """The document with the mentions and relations of all its instances. The mentions are numbered
    anew."""
    mentions: List[Mention] = []
    relations: List[Relation] = []
    for output in outputs:
        ids: Dict[str, str] = {}
        for mention in output.get(f"{prefix}mentions", ()):
            ids[mention.id] = f"T{len(mentions) + 1}"
            mentions.append(replace(mention, id=ids[mention.id]))
        for relation in output.get(f"{prefix}relations", ()):
            relations.append(replace(relation, head=ids[relation.head], tail=ids[relation.tail]))
    return document.with_changes(mentions=mentions, relations=relations)


def _num_words(instance: Instance) -> int:
    return len(instance["words" if "words" in instance.fields else "tokens"])


def _failure(item: DocumentOrFailure, error: Exception) -> Failure:
    logger.debug("prediction failed", exc_info=error)
    reason = error.message if isinstance(error, ConfigurationError) else error
    return Failure(item.id, f"{type(error).__name__}: {reason}")
