"""The sentences that models and readers are measured on."""

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, Vocabulary

from benchmarks.timing import NotMeasured
from bio_ie.data.dataset_readers import DocumentReader, TaggedRelationsReader
from bio_ie.text.document import Document
from bio_ie.text.sentences import Sentence

CHECKOUT = Path(__file__).resolve().parent.parent
PAPER_MODEL = CHECKOUT / "benchmarks" / "paper_model.jsonnet"
"""A config with the reader and the model of the paper."""
CONLL04_RECIPE = CHECKOUT / "training_config" / "joint_ner_re" / "conll04.jsonnet"


@dataclass(frozen=True)
class Sentences:
    """Sentences for `TaggedRelationsReader`, and a description of where they are from."""

    source: str
    views: Tuple[Sentence, ...]


def read_sentences(count: int, data_folder: Path) -> Sentences:
    """The first `count` sentences (or all, if there are fewer) of CoNLL04's training file or, if it
    does not exist, of the demo corpus."""
    source, file, corpus = "CoNLL04 train", data_folder / "conll04" / "conll04_train.json", "spert"
    if not file.is_file():
        source, file, corpus = "demo", CHECKOUT / "fixtures" / "demo" / "train.jsonl", "jsonl"
    reader = sentence_reader(PAPER_MODEL)
    documents = reader.read_documents({"file": str(file), "format": corpus})
    views = tuple(islice(chain.from_iterable(map(reader.views, documents)), count))
    return Sentences(f"{len(views)} sentences of {source}", views)


def sentence_reader(
    config: Path, indexer: Optional[Dict[str, Any]] = None
) -> TaggedRelationsReader:
    """The reader of a config. If `indexer` is given, it is the reader's only token indexer."""
    params = Params.from_file(str(config))["dataset_reader"]
    if indexer is not None:
        params["token_indexers"] = {"tokens": indexer}
    reader = DatasetReader.from_params(params)
    if not isinstance(reader, TaggedRelationsReader):
        raise ConfigurationError(f"{config} has another reader than `tagged_relations`")
    return reader


def labelled_instances(
    reader: DocumentReader[Any], documents: Sequence[Document]
) -> List[Instance]:
    """The instances of documents, with labels."""
    instances = (reader.document_to_instances(document, labelled=True) for document in documents)
    return list(chain.from_iterable(instances))


def build_vocabulary(instances: Sequence[Instance]) -> Vocabulary:
    """Does the same as `Vocabulary.from_instances`, but without a progress bar, which would appear
    between the lines of the report."""
    counts: Dict[str, Dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for instance in instances:
        instance.count_vocab_items(counts)
    return Vocabulary(counts)


def index_by_length(
    instances: List[Instance], classes: Optional[Mapping[str, int]] = None
) -> Vocabulary:
    """Sorts instances by length, so that batches have instances of similar length, as in training
    and in the predictor. Then it indexes them with the vocabulary that it makes of them. `classes`
    gives the smallest numbers of entries of namespaces. If the instances have fewer, made-up
    entries are added."""
    instances.sort(key=lambda instance: len(instance["words"]))
    vocab = build_vocabulary(instances)
    for namespace, number in (classes or {}).items():
        for extra in range(number - vocab.get_vocab_size(namespace)):
            vocab.add_token_to_namespace(f"X:{extra}", namespace)
    for instance in instances:
        instance.index_fields(vocab)
    return vocab


def batch_starts(num_instances: int, batch_size: int, source: str, full: bool = True) -> List[int]:
    """The places where batches begin, in random order: only of full batches, or of all. Raises
    `NotMeasured` if there is no batch."""
    starts = list(range(0, num_instances - (batch_size - 1 if full else 0), batch_size))
    if not starts:
        raise NotMeasured(f"{source} are not enough for a batch of {batch_size}")
    random.Random(0).shuffle(starts)
    return starts
