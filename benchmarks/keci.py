"""The time that KECI takes compared with its encoder alone.

As for the joint model, weights are random, and scores are raised so that the model finds what a
good model would find (`gold_graphs.py`). The number of spans that are kept depends only on the
length of a sentence, but the time of decoding depends on what is found.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence

import torch
from allennlp.data import Batch
from allennlp.nn.util import move_to_device
from transformers import BertConfig

from benchmarks.bare_encoder import waiting_for
from benchmarks.gold_graphs import GoldGraph, GoldGraphs, gold_graph
from benchmarks.keci_sentences import KeciSentences, keci_params, keci_reader, use_random_vectors
from benchmarks.model_benchmark import ModelBenchmark
from benchmarks.sentences import batch_starts, index_by_length, labelled_instances
from benchmarks.timing import Comparison, Side, Unit, compare
from bio_ie.models.keci import Keci


@dataclass(frozen=True)
class KeciBatch:
    """The input of a step.

    # Parameters

    inputs : `Dict[str, Any]`
        The arguments of the model's `forward`, with gold labels only for training.
    graph : `GoldGraph`
    """

    inputs: Dict[str, Any]
    graph: GoldGraph


class KeciBenchmark(ModelBenchmark[KeciBatch]):
    """KECI around an encoder of a given size.

    # Parameters

    sentences : `KeciSentences`
    config : `Path`
        The config of the reader and of the model, from which all but the encoder is taken.
    encoder_config, device, bf16
        See `ModelBenchmark`.
    """

    name = "KECI"
    target = 1.3

    def __init__(
        self,
        sentences: KeciSentences,
        config: Path,
        encoder_config: BertConfig,
        device: str = "cpu",
        bf16: bool = False,
    ) -> None:
        super().__init__(encoder_config, device, bf16)
        self._source = sentences.source
        params = keci_params(config, sentences.knowledge_base)
        self._instances = labelled_instances(keci_reader(params), sentences.documents)
        vocab = index_by_length(self._instances)
        with tempfile.TemporaryDirectory() as folder:
            use_random_vectors(params["model"], self._instances, Path(folder))
            self.model = self.build(params["model"], vocab, Keci)
        self.answers = GoldGraphs(self.model)

    @torch.no_grad()
    def prediction(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares the forward pass and decoding to `Mention`s and `Relation`s with the encoder."""
        self.model.eval()

        batches = self.batches(batch_size, labelled=False)
        for batch in batches:
            if sum(map(len, self.predict(batch)["mentions"])) != batch.graph.num_entities:
                raise RuntimeError("the model does not find the entities that it should")
        return self.beside_encoder(row, batches, repeats, is_training=False)

    @torch.no_grad()
    def batching(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares prediction in batches with prediction of one sentence after the other."""
        self.model.eval()
        starts = self._starts(batch_size)
        batches = [self._batch(start, start + batch_size, False) for start in starts]
        singles = [
            [self._batch(place, place + 1, False) for place in range(start, start + batch_size)]
            for start in starts
        ]

        def run_singles(batch: List[KeciBatch]) -> None:
            for single in batch:
                self.predict(single)

        return compare(
            row,
            Side(f"batches of {batch_size}", self.predict, lambda n: batches[n % len(batches)]),
            Side("batches of 1", run_singles, lambda n: singles[n % len(singles)]),
            repeats,
            Unit("sentences/s", batch_size),
            note=self.note(batches),
            finish=waiting_for(self.device),
        )

    def train(self, batch: KeciBatch) -> None:
        """A step without the optimizer."""
        self.answers.graph = batch.graph
        self.model(**batch.inputs)["loss"].backward()

    def predict(self, batch: KeciBatch) -> Dict[str, Any]:
        """Forward pass and decoding."""
        self.answers.graph = batch.graph
        return self.model.make_output_human_readable(self.model(**batch.inputs))

    def note(self, batches: Sequence[KeciBatch]) -> str:
        batch_size = len(batches[0].inputs["metadata"])
        per_sentence = {
            "entities": [batch.graph.num_entities for batch in batches],
            "kept spans": [batch.graph.num_kept for batch in batches],
            "pairs of them": [batch.graph.num_pairs for batch in batches],
            "nodes": [len(batch.inputs["background"]["keys"]) for batch in batches],
            "edges": [len(batch.inputs["background"]["edges"]) for batch in batches],
        }
        sentences = len(batches) * batch_size
        means = ", ".join(
            f"{sum(counts) / sentences:.1f} {what}" for what, counts in per_sentence.items()
        )
        return f"{self._source} in {len(batches)} batches of {batch_size}; a sentence has {means}"

    def batches(self, batch_size: int, labelled: bool) -> List[KeciBatch]:
        """The batches in random order, full ones only. The longest sentences may be left out."""
        return [
            self._batch(start, start + batch_size, labelled) for start in self._starts(batch_size)
        ]

    def _starts(self, batch_size: int) -> List[int]:
        return batch_starts(len(self._instances), batch_size, self._source)

    def _batch(self, start: int, end: int, labelled: bool) -> KeciBatch:
        tensors: Dict[str, Any] = dict(Batch(self._instances[start:end]).as_tensor_dict())
        tensors = move_to_device(tensors, self.device)
        graph = gold_graph(self.model, tensors)
        if not labelled:
            del tensors["entities"], tensors["relations"]
        return KeciBatch(tensors, graph)
