"""The time that SNERL takes compared with its encoder alone, and the time that encoding a document
only once saves.

As for the other models, weights are random, and scores are raised so that the model finds what a
good model would find (`gold_facts.py`). This matters because the model computes more for a fact
that is more probable.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Dict, List, Sequence

import torch
from allennlp.data import Batch, Instance, TextFieldTensors
from allennlp.nn.util import move_to_device
from torch import Tensor
from transformers import BertConfig

from benchmarks.bare_encoder import waiting_for
from benchmarks.gold_facts import NOTHING, GoldFactHooks, GoldFacts, gold_facts
from benchmarks.model_benchmark import ModelBenchmark
from benchmarks.sentences import batch_starts, index_by_length, labelled_instances
from benchmarks.snerl_documents import SnerlDocuments, snerl_params, snerl_reader
from benchmarks.timing import Comparison, Side, Unit, compare
from bio_ie.data.dataset_readers import DocumentGraphReader
from bio_ie.models.snerl import Snerl
from bio_ie.predictors import DocumentPredictor
from bio_ie.text.document import Document, Mention

MIN_FOUND = 0.9
"""The share of the annotated facts that the model has to predict while it is measured."""


@dataclass(frozen=True)
class SnerlBatch:
    """The input of a step.

    # Parameters

    inputs : `Dict[str, Any]`
        The arguments of the model's `forward`, with facts only for training.
    gold : `GoldFacts`
    """

    inputs: Dict[str, Any]
    gold: GoldFacts


class SnerlBenchmark(ModelBenchmark[SnerlBatch]):
    """SNERL around an encoder of a given size.

    # Parameters

    documents : `SnerlDocuments`
    config : `Path`
        The config of the reader and of the model, from which all but the encoder is taken.
    encoder_config, device, bf16
        See `ModelBenchmark`.
    """

    name = "SNERL"
    target = 1.15

    def __init__(
        self,
        documents: SnerlDocuments,
        config: Path,
        encoder_config: BertConfig,
        device: str = "cpu",
        bf16: bool = False,
    ) -> None:
        super().__init__(encoder_config, device, bf16)
        self._documents = documents
        self._params = snerl_params(config, documents)
        self._instances = labelled_instances(snerl_reader(self._params), documents.documents)
        vocab = index_by_length(self._instances)
        self.model = self.build(self._params["model"], vocab, Snerl)
        self.answers = GoldFactHooks(self.model)

    @torch.no_grad()
    def prediction(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares the forward pass and decoding to `Mention`s with concepts and `Fact`s with the
        encoder."""
        self.model.eval()

        batches = self.batches(batch_size, labelled=False)
        found = sum(len(facts) for batch in batches for facts in self.predict(batch)["facts"])
        # Not all facts are found: a mention that is annotated with two concepts names neither with
        # certainty.
        if found < MIN_FOUND * sum(batch.gold.num_facts for batch in batches):
            raise RuntimeError("the model does not find the facts that it should")
        return self.beside_encoder(row, batches, repeats, is_training=False)

    @torch.no_grad()
    def encoding_once(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares encoding the words of a document once with encoding them once for each pair of
        concepts of two types that the document mentions, as BRAN's released implementation does.
        Both are done in batches."""
        self.model.eval()
        batches = self.batches(batch_size, labelled=False)
        num_pairs = [list(map(_num_pairs, batch.inputs["metadata"])) for batch in batches]

        def encode(words: TextFieldTensors) -> None:
            self.model.text_field_embedder(words)

        def prepare(number: int) -> TextFieldTensors:
            words: TextFieldTensors = batches[number % len(batches)].inputs["words"]
            return words

        def prepare_pairs(number: int) -> List[TextFieldTensors]:
            counts = torch.tensor(num_pairs[number % len(batches)], device=self.device)
            documents = torch.repeat_interleave(counts).split(batch_size)
            return [_documents(prepare(number), some) for some in documents]

        def encode_pairs(parts: List[TextFieldTensors]) -> None:
            for words in parts:
                encode(words)

        mean = sum(map(sum, num_pairs)) / len(batches) / batch_size
        return compare(
            row,
            Side("once a document", encode, prepare),
            Side("once a pair of concepts", encode_pairs, prepare_pairs),
            repeats,
            note=f"{self.note(batches)}, {mean:.1f} pairs of concepts of two types",
            finish=waiting_for(self.device),
        )

    @torch.no_grad()
    def from_file(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares the whole way from a corpus file to documents with facts with the model alone on
        batches that are ready. The whole way is reading, words, candidates, model and decoding, and
        nothing is cached before. No score is raised."""
        self.model.eval()
        self.answers.given = NOTHING
        batches = self.batches(batch_size, labelled=False, full=False)
        file, count = str(self._documents.file), len(self._documents.documents)

        def whole(reader: DocumentGraphReader) -> None:
            predictor = DocumentPredictor(self.model, reader, batch_size=batch_size)
            for _ in predictor.predict_documents(islice(reader.read_documents(file), count)):
                pass

        def ready(_: Any) -> None:
            for batch in batches:
                self.model.make_output_human_readable(self.model(**batch.inputs))

        types = {mention.type for item in self._documents.documents for mention in item.mentions}
        mentions = [Mention(type_, 0, 1, type_) for type_ in sorted(types)]
        opening = Document("", "x", mentions=mentions)

        def fresh_reader(_: int) -> DocumentGraphReader:
            reader = snerl_reader(self._params)
            reader.document_to_instances(opening)  # opens files
            return reader

        return compare(
            row,
            Side("file to facts", whole, fresh_reader),
            Side("model alone", ready, lambda _: None),
            repeats,
            Unit("documents/s", count),
            note=self._documents.source,
            finish=waiting_for(self.device),
        )

    def train(self, batch: SnerlBatch) -> None:
        """A step without the optimizer."""
        self.answers.given = batch.gold
        self.model(**batch.inputs)["loss"].backward()

    def predict(self, batch: SnerlBatch) -> Dict[str, Any]:
        """Forward pass and decoding."""
        self.answers.given = batch.gold
        return self.model.make_output_human_readable(self.model(**batch.inputs))

    def note(self, batches: Sequence[SnerlBatch]) -> str:
        size = len(batches[0].inputs["metadata"])
        per_document = {
            "mentions": [len(batch.inputs["graph"]["mentions"]) for batch in batches],
            "concepts": [len(batch.inputs["graph"]["keys"]) for batch in batches],
            "facts": [batch.gold.num_facts for batch in batches],
        }
        means = ", ".join(
            f"{sum(counts) / len(batches) / size:.1f} {what}"
            for what, counts in per_document.items()
        )
        return (
            f"{self._documents.source} in {len(batches)} batches of {size}; a document has {means}"
        )

    def batches(self, batch_size: int, labelled: bool, full: bool = True) -> List[SnerlBatch]:
        """The batches in random order: only full batches, which may leave out the longest
        documents, or all."""
        source = self._documents.source
        starts = batch_starts(len(self._instances), batch_size, source, full)
        return [
            self._batch(self._instances[start : start + batch_size], labelled) for start in starts
        ]

    def _batch(self, instances: List[Instance], labelled: bool) -> SnerlBatch:
        tensors: Dict[str, Any] = dict(Batch(instances).as_tensor_dict())
        tensors = move_to_device(tensors, self.device)
        gold = gold_facts(self.model, tensors)
        if not labelled:
            del tensors["graph"]["facts"], tensors["graph"]["gold_entities"]
        return SnerlBatch(tensors, gold)


def _num_pairs(metadata: Dict[str, Any]) -> int:
    """The number of pairs of concepts of two types that a document mentions, at least 1."""
    types = Counter(link.type for link in metadata["gold_links"])
    return max(1, (types.total() ** 2 - sum(count**2 for count in types.values())) // 2)


def _documents(words: TextFieldTensors, rows: Tensor) -> TextFieldTensors:
    """The words of some documents."""
    return {
        indexer: {name: tensor[rows] for name, tensor in tensors.items()}
        for indexer, tensors in words.items()
    }
