"""What KECI costs beside its encoder alone.

As for the joint model, weights are random, and scores are lifted so that the model finds what a
good one would (`gold_graphs.py`): how many spans are kept depends on the length of a sentence
alone, but what is decoded, on what is found.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List

import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch
from allennlp.models import Model
from allennlp.nn.util import move_to_device
from transformers import BertConfig

from benchmarks.bare_encoder import BareEncoder, measured_device, waiting_for
from benchmarks.beside_encoder import EncoderShare, beside_encoder, encoder_share
from benchmarks.gold_graphs import GoldGraph, GoldGraphs, gold_graph
from benchmarks.keci_sentences import KeciSentences, keci_params, keci_reader, use_random_vectors
from benchmarks.sentences import batch_starts, index_by_length
from benchmarks.timing import Comparison, Side, Unit, compare
from bio_ie.models.keci import Keci

TARGET = 1.3
"""With an encoder of SciBERT's size; beside a smaller one the same heads weigh more."""
SCIBERT_LAYERS = 12


@dataclass(frozen=True)
class KeciBatch:
    """What a step takes.

    # Parameters

    inputs : `Dict[str, Any]`
        Of the model; with gold labels only for training.
    graph : `GoldGraph`
    """

    inputs: Dict[str, Any]
    graph: GoldGraph


class KeciBenchmark:
    """KECI around an encoder of a given size.

    # Parameters

    sentences : `KeciSentences`
    config : `Path`
        Of reader and model; for all but the encoder.
    encoder_config : `BertConfig`
        See `BareEncoder`.
    device : `str`, optional (default = `"cpu"`)
    bf16 : `bool`, optional (default = `False`)
        Of the encoder, in the model and bare.

    Raises `NotMeasured` if there is no such device.
    """

    def __init__(
        self,
        sentences: KeciSentences,
        config: Path,
        encoder_config: BertConfig,
        device: str = "cpu",
        bf16: bool = False,
    ) -> None:
        self.device = measured_device(device)
        self._source = sentences.source
        self._target = TARGET if encoder_config.num_hidden_layers >= SCIBERT_LAYERS else None
        params = keci_params(config, sentences.knowledge_base)
        reader = keci_reader(params)
        self._instances = [
            instance
            for document in sentences.documents
            for instance in reader.document_to_instances(document, labelled=True)
        ]
        vocab = index_by_length(self._instances)

        torch.manual_seed(0)
        self.encoder = BareEncoder(encoder_config, bf16)
        model_params = params["model"]
        embedder = self.encoder.text_field_embedder(
            Params(model_params.pop("text_field_embedder")), vocab
        )
        with tempfile.TemporaryDirectory() as folder:
            use_random_vectors(model_params, self._instances, Path(folder))
            model = Model.from_params(
                Params(model_params), vocab=vocab, text_field_embedder=embedder
            )
        if not isinstance(model, Keci):
            raise ConfigurationError("this is another model than `keci`")
        self.model = model.to(self.device)
        self.answers = GoldGraphs(self.model)

    def training(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Forward and backward pass, without the optimizer."""
        self.model.train()

        batches = self.batches(batch_size, labelled=True)
        return self._beside_encoder(row, self.train, batches, repeats, True)

    @torch.no_grad()
    def prediction(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Forward pass and decoding to `Mention`s and `Relation`s."""
        self.model.eval()

        batches = self.batches(batch_size, labelled=False)
        for batch in batches:
            if sum(map(len, self.predict(batch)["mentions"])) != batch.graph.num_entities:
                raise RuntimeError("the model does not find the entities that it should")
        return self._beside_encoder(row, self.predict, batches, repeats, False)

    @torch.no_grad()
    def batching(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Prediction in batches, beside one sentence after the other."""
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
            note=self._note(batches, batch_size),
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

    def _beside_encoder(
        self,
        row: str,
        run_model: Callable[[KeciBatch], Any],
        batches: List[KeciBatch],
        repeats: int,
        with_backward: bool,
    ) -> Comparison:
        return beside_encoder(
            row,
            "KECI",
            self.model,
            run_model,
            self.encoder,
            batches,
            repeats,
            with_backward,
            self._target,
            self._note(batches, len(batches[0].inputs["metadata"])),
            self.device,
        )

    def _note(self, batches: List[KeciBatch], batch_size: int) -> str:
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
        """Full batches only, in random order; the longest sentences may be left out."""
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

    def encoder_share(self, batch: KeciBatch) -> EncoderShare:
        """The encoder's part in a step, with a random gradient."""
        return encoder_share(self.encoder, self.model, batch.inputs["words"])
