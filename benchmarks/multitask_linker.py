"""The time that the multi-task entity linker takes compared with its encoder alone, with few and
with many classes.

The time of a step does not depend on the weights, except by the number of mentions that are found:
untrained weights find a mention in almost every word. So in prediction, the scores of the annotated
labels are raised above all others.
"""

from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple, cast

import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, DatasetReader, Instance
from allennlp.nn.util import move_to_device
from torch import Tensor
from transformers import BertConfig

from benchmarks.instances import MODEL_NAME
from benchmarks.joint_model import lifted
from benchmarks.model_benchmark import ModelBenchmark
from benchmarks.sentences import CHECKOUT, batch_starts, index_by_length
from benchmarks.snerl_documents import first_documents
from benchmarks.timing import Comparison
from bio_ie.data.dataset_readers import EntityLinkingReader
from bio_ie.data.fields.labels_field import LabelsField
from bio_ie.data.linking_task_names import LINKING, NAMESPACES, RECOGNITION
from bio_ie.models import MultitaskEntityLinker
from bio_ie.text.document import Document, Mention

MULTITASK_PAPER = (
    CHECKOUT / "training_config/multitask_entity_linker/paper/bc5cdr_pt_hierarchical.jsonnet"
)
MIN_FOUND = 0.9
"""The share of the annotated mentions that the model has to predict while it is measured. It cannot
be 1, because the words of two overlapping mentions have only the labels of one of them."""


@dataclass(frozen=True)
class LinkedDocuments:
    """Abstracts whose mentions have concepts."""

    source: str
    format: str
    documents: Tuple[Document, ...]


def read_linked_documents(count: int, data_folder: Path) -> LinkedDocuments:
    """The first `count` documents of BC5CDR's training file or, if it does not exist, of the
    documents made up for the tests."""
    source, name, _, documents = first_documents(count, data_folder)
    return LinkedDocuments(source, name, documents)


@dataclass(frozen=True)
class LinkerBatch:
    """The input of a step.

    # Parameters

    inputs : `Dict[str, Any]`
        The arguments of the model's `forward`, with labels only for training.
    labels : `Dict[str, Tensor]`
        The labels of each task, `[B, S]`.
    num_mentions : `int`
        The number of mentions that the labels mark.
    """

    inputs: Dict[str, Any]
    labels: Dict[str, Tensor]
    num_mentions: int


class GoldLabels:
    """Hooks that make a model "per token" predict the labels of a batch."""

    def __init__(self, model: MultitaskEntityLinker) -> None:
        self._labels: Dict[str, Tensor] = {}
        self._words: Dict[str, int] = {}
        for task in model.tasks:
            labeller = model.word_tasks.labeller(task)
            if labeller.softmax is None:
                labeller.projection.register_forward_hook(
                    lambda *args, task=task: lifted(args[-1], self._labels[task])
                )
            else:
                labeller.softmax.linear.register_forward_hook(
                    lambda *args, task=task: self._lifted_part(args[-1], task)
                )

    def set(self, batch: LinkerBatch) -> None:
        """Makes the labels of a batch the predictions of the next forward pass."""
        mask = batch.inputs["target_words"] >= 0
        self._labels = {
            # The scores of concepts are computed only for words that are not padding, in parts.
            task: labels.clamp(min=0)[mask] if task == LINKING else labels.clamp(min=0)
            for task, labels in batch.labels.items()
        }
        self._words = dict.fromkeys(batch.labels, 0)

    def _lifted_part(self, scores: Tensor, task: str) -> Tensor:
        start = self._words[task]
        self._words[task] = start + len(scores)
        return lifted(scores, self._labels[task][start : start + len(scores)])


class MultitaskLinkerBenchmark(ModelBenchmark[LinkerBatch]):
    """The model around an encoder of a given size.

    # Parameters

    documents : `LinkedDocuments`
    max_sentences : `int`
        The number of sentences that are measured.
    num_classes : `int`
        The number of concepts to predict: the concepts of the documents and made-up ones.
    config : `Path`
        The config of the reader and of the model, "per token", from which all but the encoder is
        taken.
    encoder_config, device, bf16
        See `ModelBenchmark`.
    """

    name = "multi-task linker"

    def __init__(
        self,
        documents: LinkedDocuments,
        max_sentences: int,
        num_classes: int,
        config: Path,
        encoder_config: BertConfig,
        device: str = "cpu",
        bf16: bool = False,
    ) -> None:
        super().__init__(encoder_config, device, bf16)
        params: Dict[str, Any] = Params.from_file(str(config)).as_dict(quiet=True)
        reader = _reader(params["dataset_reader"], documents.format)
        views = list(
            islice(chain.from_iterable(map(reader.views, documents.documents)), max_sentences)
        )
        self._source = f"{len(views)} sentences of {documents.source}, {num_classes} classes"
        self._instances = [reader.view_to_instance(view) for view in views]
        for instance in self._instances:
            reader.apply_token_indexers(instance)
        vocab = index_by_length(self._instances, {NAMESPACES[LINKING]: num_classes})
        self.model = self.build(params["model"], vocab, MultitaskEntityLinker)
        self.answers = GoldLabels(self.model)

    @torch.no_grad()
    def prediction(self, row: str, batch_size: int, repeats: int) -> Comparison:
        """Compares the forward pass over all classes and decoding to `Mention`s with the
        encoder."""
        self.model.eval()
        batches = self.batches(batch_size, labelled=False)
        found = sum(len(mentions) for batch in batches for mentions in self.predict(batch))
        if found < MIN_FOUND * sum(batch.num_mentions for batch in batches):
            raise RuntimeError("the model does not find the mentions that it should")
        return self.beside_encoder(row, batches, repeats, is_training=False)

    def train(self, batch: LinkerBatch) -> None:
        """A step without the optimizer."""
        self.answers.set(batch)
        self.model(**batch.inputs)["loss"].backward()

    def predict(self, batch: LinkerBatch) -> List[List[Mention]]:
        """Forward pass and decoding: the mentions of each sentence."""
        self.answers.set(batch)
        found = self.model.make_output_human_readable(self.model(**batch.inputs))
        mentions: List[List[Mention]] = found["mentions"]
        return mentions

    def note(self, batches: Sequence[LinkerBatch]) -> str:
        batch_size = len(batches[0].inputs["metadata"])
        num_mentions = sum(batch.num_mentions for batch in batches) / len(batches) / batch_size
        return (
            f"{self._source} in {len(batches)} batches of {batch_size}; "
            f"a sentence has {num_mentions:.1f} mentions"
        )

    def batches(self, batch_size: int, labelled: bool) -> List[LinkerBatch]:
        """The batches in random order, full ones only. The longest sentences may be left out."""
        starts = batch_starts(len(self._instances), batch_size, self._source)
        return [self._batch(start, start + batch_size, labelled) for start in starts]

    def _batch(self, start: int, end: int, labelled: bool) -> LinkerBatch:
        tensors: Dict[str, Any] = dict(Batch(self._instances[start:end]).as_tensor_dict())
        tensors = move_to_device(tensors, self.device)
        names = {task: NAMESPACES[task] for task in self.model.tasks}
        labels = {task: tensors[name] for task, name in names.items()}
        num_mentions = sum(map(_num_mentions, self._instances[start:end]))
        if not labelled:
            tensors = {
                name: value
                for name, value in tensors.items()
                if name in ("words", "target_words", "metadata")
            }
        return LinkerBatch(tensors, labels, num_mentions)


def _num_mentions(instance: Instance) -> int:
    tags = cast(LabelsField, instance[NAMESPACES[RECOGNITION]]).labels
    return sum(tag is not None and tag[:2] in ("B-", "S-") for tag in tags)


def _reader(params: Dict[str, Any], corpus: str) -> EntityLinkingReader:
    """The reader of a config, with the embedded encoder's wordpieces."""
    params["token_indexers"]["tokens"]["model_name"] = MODEL_NAME
    reader = DatasetReader.from_params(Params({**params, "corpus": {"type": corpus}}))
    if not isinstance(reader, EntityLinkingReader):
        raise ConfigurationError("this is another reader than `entity_linking`")
    return reader
