"""Documents in, documents with predictions out: one predictor for every system."""

import json
import logging
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, Union

from allennlp.common.util import JsonDict
from allennlp.data import DatasetReader, Instance
from allennlp.models import Model
from allennlp.predictors import Predictor

from bio_ie.data.corpora.corpus_format import CorpusError
from bio_ie.data.dataset_readers import DocumentReader
from bio_ie.data.dataset_readers.document_reader import CorpusPath
from bio_ie.data.document import Document, Fact, Mention, Relation
from bio_ie.predictors.document_input import document_from_input

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """A document that could not be read or predicted, and why."""

    id: Optional[str]
    error: str

    def to_json(self) -> JsonDict:
        return {"id": self.id, "error": self.error}


Input = Union[Document, Failure]


@Predictor.register("document")
class DocumentPredictor(Predictor):
    """Predicts whole documents with any model of this package.

    Input is a JSON line (`document_from_input` says which), or a corpus file with
    `--use-dataset-reader` or `bio-ie predict --from FORMAT`. Output is one `Document` a line, in
    the offsets of the input text, with the input's annotations replaced by predictions; or
    `{"id": ..., "error": ...}` for a document that failed, while the others go on.

    The model's outputs have, for each instance, `mentions`, `relations` or `facts` (all
    optional), whose ids are the instance's own.

    Registered as a `Predictor` with name "document".

    # Parameters

    model : `Model`
    dataset_reader : `DatasetReader`
        A `DocumentReader`.
    batch_size : `int`, optional (default = `32`)
        Instances (for example sentences) in one batch, across documents.
    """

    def __init__(
        self,
        model: Model,
        dataset_reader: DatasetReader,
        frozen: bool = True,
        batch_size: int = 32,
    ) -> None:
        if not isinstance(dataset_reader, DocumentReader):
            raise ValueError("the 'document' predictor needs a reader of this package")
        super().__init__(model, dataset_reader, frozen)
        self._reader: DocumentReader[Any] = dataset_reader
        # AllenNLP asks this for "instances" under --use-dataset-reader.
        self._dataset_reader = _Documents(dataset_reader)  # type: ignore[assignment]
        self.batch_size = batch_size
        self._lines = 0

    def predict_documents(self, inputs: Iterable[Input]) -> Iterator[Input]:
        """Predicts a stream of documents, in order. Failures pass through, and a document that
        fails becomes one. Memory holds a few batches of instances at a time."""
        pending: List[Tuple[Input, List[Instance]]] = []
        num_instances = 0
        for item in inputs:
            instances: List[Instance] = []
            if isinstance(item, Document):
                try:
                    instances = self._instances(item)
                except Exception as error:  # whatever a document does to a reader stays its own
                    item = _failure(item, error)
            pending.append((item, instances))
            num_instances += len(instances)
            # Several batches at once, so that sentences of like length can be put together.
            if num_instances >= 8 * self.batch_size:
                yield from self._predict(pending)
                pending, num_instances = [], 0
        yield from self._predict(pending)

    def _instances(self, document: Document) -> List[Instance]:
        labelled = getattr(self._model, "entity_source", "predicted") == "gold"
        return self._reader.document_to_instances(document, labelled=labelled)

    def _predict(self, pending: Sequence[Tuple[Input, List[Instance]]]) -> List[Input]:
        try:
            outputs = iter(self._forward([inst for _, instances in pending for inst in instances]))
            return [self._assemble(item, list(islice(outputs, len(i)))) for item, i in pending]
        except Exception as error:
            if len(pending) == 1:
                return [_failure(pending[0][0], error)]
            # Something in it fails: find out what, and keep the rest.
            return list(chain.from_iterable(self._predict([item]) for item in pending))

    def _forward(self, instances: List[Instance]) -> List[JsonDict]:
        order = sorted(range(len(instances)), key=lambda index: len(instances[index]["words"]))
        outputs: List[JsonDict] = [{} for _ in instances]
        for first in range(0, len(order), self.batch_size):
            indices = order[first : first + self.batch_size]
            batch = self._model.forward_on_instances([instances[index] for index in indices])
            for index, output in zip(indices, batch, strict=True):
                outputs[index] = output
        return outputs

    def _assemble(self, item: Input, outputs: Sequence[JsonDict]) -> Input:
        """The document with the predictions of its instances; mentions are numbered anew."""
        if isinstance(item, Failure):
            return item
        mentions: List[Mention] = []
        relations: List[Relation] = []
        facts: List[Fact] = []
        for output in outputs:
            ids: Dict[str, str] = {}
            for mention in output.get("mentions", ()):
                ids[mention.id] = f"T{len(mentions) + 1}"
                mentions.append(replace(mention, id=ids[mention.id]))
            for relation in output.get("relations", ()):
                relations.append(
                    replace(relation, head=ids[relation.head], tail=ids[relation.tail])
                )
            facts.extend(output.get("facts", ()))
        return replace(
            item, mentions=tuple(mentions), relations=tuple(relations), facts=tuple(facts)
        )

    # AllenNLP's command line

    def load_line(self, line: str) -> JsonDict:
        self._lines += 1
        name = str(self._lines)
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            return {"input": Failure(name, f"line {name} is not valid JSON: {error}")}
        return {"input": _read_input(value, name)}

    def predict_json(self, inputs: JsonDict) -> JsonDict:
        return self.predict_batch_json([inputs])[0]

    def predict_batch_json(self, inputs: List[JsonDict]) -> List[JsonDict]:
        """Takes what `load_line` gives, or the JSON objects themselves."""
        items = []
        for number, value in enumerate(inputs, start=1):
            item = value.get("input") if isinstance(value, dict) else None
            known = isinstance(item, (Document, Failure))
            items.append(item if known else _read_input(value, str(number)))
        return self.predict_batch_instance(items)  # type: ignore[arg-type]

    def predict_instance(self, instance: Input) -> JsonDict:  # type: ignore[override]
        return self.predict_batch_instance([instance])[0]

    def predict_batch_instance(self, instances: List[Input]) -> List[JsonDict]:  # type: ignore[override]
        return [item.to_json() for item in self.predict_documents(instances)]

    def dump_line(self, outputs: JsonDict) -> str:
        return json.dumps(outputs, ensure_ascii=False) + "\n"


class _Documents:
    """Stands where AllenNLP expects a reader, and gives it documents for instances."""

    def __init__(self, reader: DocumentReader[Any]) -> None:
        self._reader = reader

    def read(self, file_path: CorpusPath) -> Iterator[Input]:
        return isolate_errors(self._reader.read_documents(file_path))


def isolate_errors(documents: Iterable[Document]) -> Iterator[Input]:
    """The documents, and a `Failure` in place of the error that ends their stream, if one does."""
    try:
        yield from documents
    except CorpusError as error:
        yield Failure(error.document_id, str(error))


def _read_input(value: Any, name: str) -> Input:
    try:
        return document_from_input(value, name)
    except ValueError as error:
        identifier = value.get("id", name) if isinstance(value, dict) else name
        return Failure(str(identifier), str(error))


def _failure(item: Input, error: Exception) -> Failure:
    logger.debug("prediction failed", exc_info=error)
    return Failure(item.id, f"{type(error).__name__}: {error}")
