"""The time that the joint model takes compared with its encoder alone.

All weights are random, because the time of a step does not depend on them, except for one thing.
The entities that the model finds decide how many relation candidates there are, and untrained
weights find far too many, or none. So `GoldAnswers` makes the model find exactly the annotated
entities and relations, about as many as a trained model finds.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple

import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Vocabulary
from allennlp.models import Model
from allennlp.nn.util import get_text_field_mask, move_to_device
from torch import Tensor
from transformers import BertConfig

from benchmarks.bare_encoder import BareEncoder, measured_device, waiting_for
from benchmarks.sentences import Sentences, batch_starts, index_by_length, sentence_reader
from benchmarks.timing import Comparison, Side, compare
from bio_ie.models import JointNerRe
from bio_ie.modules.relation_candidates import relation_candidates, relation_targets

TARGET = 1.15


class GoldAnswers:
    """Hooks that make a `JointNerRe` predict the gold tags and the gold relations.

    The score of each right answer is raised to one above the best score. This takes only a few
    small operations, and it keeps the loss as far from 0 as in training.
    """

    def __init__(self, model: JointNerRe) -> None:
        self.tags = self.pairs = torch.empty(0)
        model.tag_projection.register_forward_hook(lambda *args: lifted(args[-1], self.tags))
        model.pair_scorer.register_forward_hook(lambda *args: lifted(args[-1], self.pairs))

    def set(self, batch: "MeasuredBatch") -> None:
        """Makes the answers of a batch the predictions of the next forward passes."""
        self.tags, self.pairs = batch.tags, batch.pairs


def lifted(scores: Tensor, answers: Tensor) -> Tensor:
    """`scores` `[..., labels]`, with the scores of `answers` `[...]` raised above all others."""
    answers = answers.unsqueeze(-1)
    known = scores.detach()
    margin = known.amax(-1, keepdim=True) - known.gather(-1, answers) + 1
    return scores.scatter_add(-1, answers, margin)


class Counts(NamedTuple):
    """The numbers of sentences, entities and pairs in a batch."""

    sentences: int
    entities: int
    pairs: int
    """Ordered pairs of two entities of a sentence: the relation candidates."""


@dataclass(frozen=True)
class MeasuredBatch:
    """The input of a step: the model's input, the right answers, and the encoder's input.

    # Parameters

    inputs : `Dict[str, Any]`
        The arguments of the model's `forward`, with gold tags and relations only for training.
    tags, pairs : `Tensor`
        The right answers for `GoldAnswers`.
    encoder_inputs : `Dict[str, Any]`
        What the model gives to its encoder.
    gradient : `Tensor`
        The gradient of some loss with respect to the bare encoder's output.
    counts : `Counts`
    """

    inputs: Dict[str, Any]
    tags: Tensor
    pairs: Tensor
    encoder_inputs: Dict[str, Any]
    gradient: Tensor
    counts: Counts


class JointModelBenchmark:
    """The joint model around an encoder of a given size.

    # Parameters

    sentences : `Sentences`
    config : `Path`
        The config of the reader and of the model, from which all but the encoder is taken.
    encoder_config : `BertConfig`
        It must have at least as many wordpieces as the embedded encoder, whose tokenizer is used.
    device : `str`, optional (default = `"cpu"`)
    bf16 : `bool`, optional (default = `False`)
        As in `PretrainedTransformerWordsEmbedder`. It is the bare encoder's precision too.

    Raises `NotMeasured` if there is no such device.
    """

    def __init__(
        self,
        sentences: Sentences,
        config: Path,
        encoder_config: BertConfig,
        device: str = "cpu",
        bf16: bool = False,
    ) -> None:
        self._source = sentences.source
        self._device = measured_device(device)
        reader = sentence_reader(config)
        self._instances = [reader.view_to_instance(view) for view in sentences.views]
        for instance in self._instances:
            reader.apply_token_indexers(instance)
        vocab = index_by_length(self._instances)

        params = Params.from_file(str(config))["model"]
        torch.manual_seed(0)
        self._encoder = BareEncoder(encoder_config, bf16)
        self.model = joint_model(params, vocab, self._encoder).to(self._device)
        self.answers = GoldAnswers(self.model)

    def training(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares forward and backward pass, without the optimizer, with the encoder's."""
        self.model.train()

        def run_model(batch: MeasuredBatch) -> None:
            self.model(**batch.inputs)["loss"].backward()

        def run_encoder(batch: MeasuredBatch) -> None:
            self._encoder(batch.encoder_inputs).backward(batch.gradient)

        return self._compare(
            row, run_model, run_encoder, self.batches(batch_size, labelled=True), repeats
        )

    @torch.no_grad()
    def prediction(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares the forward pass and decoding to `Mention`s and `Relation`s with the encoder."""
        self.model.eval()

        def run_model(batch: MeasuredBatch) -> Dict[str, Any]:
            return self.model.make_output_human_readable(self.model(**batch.inputs))

        def run_encoder(batch: MeasuredBatch) -> Tensor:
            return self._encoder(batch.encoder_inputs)

        batches = self.batches(batch_size, labelled=False)
        for batch in batches:
            self.answers.set(batch)
            found = run_model(batch)
            if sum(map(len, found["mentions"])) != batch.counts.entities:
                raise RuntimeError("the model does not find the entities that it should")
        return self._compare(row, run_model, run_encoder, batches, repeats)

    def _compare(
        self,
        row: str,
        run_model: Callable[[MeasuredBatch], Any],
        run_encoder: Callable[[MeasuredBatch], Any],
        batches: List[MeasuredBatch],
        repeats: int,
    ) -> Comparison:
        def prepare(number: int) -> MeasuredBatch:
            batch = batches[number % len(batches)]
            self.model.zero_grad(set_to_none=True)
            self.answers.set(batch)
            return batch

        sentences = sum(batch.counts.sentences for batch in batches)
        entities = sum(batch.counts.entities for batch in batches) / sentences
        pairs = sum(batch.counts.pairs for batch in batches) / sentences
        return compare(
            row,
            Side("joint model", run_model, prepare),
            Side("bare encoder", run_encoder, prepare),
            repeats,
            target=TARGET,
            note=f"{self._source} in {len(batches)} batches of {batches[0].counts.sentences}; "
            f"{entities:.1f} entities and {pairs:.1f} ordered pairs of them a sentence",
            finish=waiting_for(self._device),
        )

    def batches(self, batch_size: int, labelled: bool) -> List[MeasuredBatch]:
        """The batches in random order, full ones only. The longest sentences may be left out."""
        starts = batch_starts(len(self._instances), batch_size, self._source)
        return [self._batch(start, start + batch_size, labelled) for start in starts]

    def _batch(self, start: int, end: int, labelled: bool) -> MeasuredBatch:
        tensors: Dict[str, Any] = dict(Batch(self._instances[start:end]).as_tensor_dict())
        tensors = move_to_device(tensors, self._device)
        tags, relations = tensors["tags"], tensors["relations"]
        gold = self.model.tag_scheme.entity_runs(tags, get_text_field_mask(tensors["words"]))
        candidates = relation_candidates(gold)
        labels = len(self.model.relation_labels)
        targets = relation_targets(candidates, gold, relations, labels)
        if not labelled:
            del tensors["tags"], tensors["relations"]
        encoder_inputs, encoder_output = self._encoder.share(
            self.model.text_field_embedder, tensors["words"]
        )
        return MeasuredBatch(
            inputs=tensors,
            tags=tags,
            # Column 0 is "no relation".
            pairs=torch.where(targets.any(-1), targets.long().argmax(-1) + 1, 0),
            encoder_inputs=encoder_inputs,
            gradient=torch.randn_like(encoder_output),
            counts=Counts(end - start, len(candidates.row), len(candidates.head)),
        )


def joint_model(params: Params, vocab: Vocabulary, encoder: BareEncoder) -> JointNerRe:
    """The joint model of a config's `params`, around an encoder."""
    text_field_embedder = encoder.text_field_embedder(params.pop("text_field_embedder"), vocab)
    # There is no data loader that could tell the length of an epoch.
    params["relation_loss_weight"] = {"type": "linear_warmup", "num_steps": 1}
    if params.get("encoder") is not None:  # the config has the size of another encoder's vectors
        params["encoder"]["input_size"] = text_field_embedder.get_output_dim()
    model = Model.from_params(params, vocab=vocab, text_field_embedder=text_field_embedder)
    if not isinstance(model, JointNerRe):
        raise ConfigurationError("this is another model than `joint_ner_re`")
    return model
