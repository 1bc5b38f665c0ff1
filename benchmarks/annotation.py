"""The whole way from lines of text to lines of predictions, compared with the bare encoder."""

import json
from pathlib import Path
from typing import Any, Dict, List

import torch
from allennlp.common import Params
from torch import Tensor
from transformers import BertConfig

from benchmarks.background import read_abstracts
from benchmarks.bare_encoder import BareEncoder, measured_device, waiting_for
from benchmarks.joint_model import joint_model, lifted
from benchmarks.sentences import CHECKOUT, build_vocabulary, labelled_instances, sentence_reader
from benchmarks.timing import WARM_UP_PAIRS, Comparison, Side, Unit, compare
from bio_ie.data.corpora import CorpusFormat
from bio_ie.models import JointNerRe
from bio_ie.models.vocabulary_labels import vocabulary_labels
from bio_ie.predictors import DocumentPredictor

TARGET = 0.85
_WORDS_PER_MENTION, _PAIRS_PER_RELATION = 9, 7
_ROW_LENGTH = 32


class UsualAnswers:
    """Hooks that make a `JointNerRe` find as much as a trained model finds in abstracts: one word
    in nine is a mention, and one pair of mentions in seven has a relation."""

    def __init__(self, model: JointNerRe) -> None:
        tags = vocabulary_labels(model.vocab, "entity_tags")
        self._outside = tags.index("O")
        self._mention = next(place for place, tag in enumerate(tags) if tag.startswith("S-"))
        model.tag_projection.register_forward_hook(lambda *args: self._tagged(args[-1]))
        model.pair_scorer.register_forward_hook(lambda *args: self._related(args[-1]))

    def _tagged(self, scores: Tensor) -> Tensor:
        answers = torch.full(scores.shape[:-1], self._outside, device=scores.device)
        answers[:, 2::_WORDS_PER_MENTION] = self._mention
        return lifted(scores, answers)

    def _related(self, scores: Tensor) -> Tensor:
        answers = torch.zeros(scores.shape[:-1], dtype=torch.long, device=scores.device)
        answers[::_PAIRS_PER_RELATION] = 1  # column 0 is "no relation"
        return lifted(scores, answers)


class AnnotationBenchmark:
    """The predictor `document` with the joint model around an encoder of a given size.

    Every pair of measurements has other abstracts, as in a large corpus. The bare encoder gets as
    many wordpieces as they have, in full rows of 32, so without padding.

    # Parameters

    count : `int`
        The number of abstracts in a measurement.
    data_folder : `Path`
        The folder of real corpora.
    config, encoder_config, device, bf16
        See `JointModelBenchmark`.
    """

    def __init__(
        self,
        count: int,
        data_folder: Path,
        config: Path,
        encoder_config: BertConfig,
        device: str = "cpu",
        bf16: bool = False,
    ) -> None:
        self._count, self._data_folder = count, data_folder
        self._device = measured_device(device)
        demo = CorpusFormat.by_name("jsonl")().read(CHECKOUT / "fixtures" / "demo" / "train.jsonl")
        reader = sentence_reader(config)
        instances = labelled_instances(reader, list(demo))
        for instance in instances:
            reader.apply_token_indexers(instance)
        torch.manual_seed(0)
        self._encoder = BareEncoder(encoder_config, bf16)
        model = joint_model(
            Params.from_file(str(config))["model"], build_vocabulary(instances), self._encoder
        ).to(self._device)
        UsualAnswers(model)
        self._predictor = DocumentPredictor(model.eval(), reader)
        self._num_slots = self._num_pieces = 0

    @torch.no_grad()
    def annotation(self, row: str, repeats: int) -> Comparison:
        """Compares text to predictions with the encoder alone, in abstracts a second."""
        source, parts = self._parts(WARM_UP_PAIRS + repeats)
        inputs = list(map(self._encoder_inputs, parts))

        def predict(lines: List[str]) -> List[str]:
            values = map(self._predictor.load_line, lines)
            predicted = self._predictor.predict_lines(values)
            return [self._predictor.dump_line(item.to_json()) for item in predicted]

        def encode(batches: List[Dict[str, Any]]) -> None:
            for batch in batches:
                self._encoder(batch)

        padding = 1 - self._num_pieces / self._num_slots
        return compare(
            row,
            Side("text to predictions", predict, lambda number: parts[number + WARM_UP_PAIRS]),
            Side("bare encoder", encode, lambda number: inputs[number + WARM_UP_PAIRS]),
            repeats,
            Unit("abstracts/s", self._count),
            target=TARGET,
            note=f"{source}, {self._count} in a measurement; {padding:.1%} of what goes through "
            "the encoder is padding, which the bare encoder does not have",
            finish=waiting_for(self._device),
        )

    def _parts(self, number: int) -> "tuple[str, List[List[str]]]":
        """Lines of JSON for each measurement. If there are too few abstracts, they repeat."""
        source, documents = read_abstracts(self._count * number, self._data_folder)
        lines = [json.dumps({"id": item.id, "text": item.text}) for item in documents]
        lines *= -(-self._count * number // len(lines))
        starts = range(0, self._count * number, self._count)
        return source, [lines[start : start + self._count] for start in starts]

    def _encoder_inputs(self, lines: List[str]) -> List[Dict[str, Any]]:
        """Full batches of as many wordpieces as the encoder gets from these lines; the last one is
        smaller."""
        masks: List[Tensor] = []
        hook = self._encoder.on_call(lambda inputs: masks.append(inputs["attention_mask"]))
        list(self._predictor.predict_lines(map(self._predictor.load_line, lines)))
        hook.remove()
        num_pieces = sum(int(mask.sum()) for mask in masks)
        self._num_pieces += num_pieces
        self._num_slots += sum(mask.numel() for mask in masks)
        rows = torch.randint(1000, 20000, (-(-num_pieces // _ROW_LENGTH), _ROW_LENGTH))
        batches = rows.to(self._device).split(max(mask.numel() for mask in masks) // _ROW_LENGTH)
        return [
            {"input_ids": ids, "attention_mask": torch.ones_like(ids, dtype=torch.bool)}
            for ids in batches
        ]
