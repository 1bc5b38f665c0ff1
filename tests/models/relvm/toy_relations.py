"""Toy sentences and pairs of entities, the fields that models of relations take, and small
models."""

import copy
import json
import random
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Tuple

from allennlp.common import Params
from allennlp.common.util import JsonDict
from allennlp.data import Batch, DatasetReader, Instance, Token, Vocabulary
from allennlp.data.fields import Field, LabelField, ListField, MetadataField, TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer, TokenIndexer
from allennlp.models import Model

WORDS: Dict[str, TokenIndexer] = {"tokens": SingleIdTokenIndexer(lowercase_tokens=True)}
ENTITIES: Dict[str, TokenIndexer] = {"entities": SingleIdTokenIndexer(namespace="entities")}


def text_field(words: Iterable[str], indexers: Dict[str, TokenIndexer]) -> TextField:
    return TextField([Token(word) for word in words], indexers)


@DatasetReader.register("toy_relations")
class ToyRelationsReader(DatasetReader):
    """A reader of JSON lines with `tokens`, `entities`, `contexts`, `label` and `metadata`, which
    are all optional."""

    def _read(self, file_path: Any) -> Iterable[Instance]:
        for line in Path(file_path).read_text("utf-8").splitlines():
            yield self.text_to_instance(**json.loads(line))

    def text_to_instance(  # type: ignore[override]
        self,
        entities: List[str],
        tokens: Optional[List[str]] = None,
        contexts: Optional[List[List[str]]] = None,
        label: Optional[str] = None,
        metadata: Optional[JsonDict] = None,
    ) -> Instance:
        fields: Dict[str, Field] = {"entities": text_field(entities, ENTITIES)}
        if tokens is not None:
            fields["tokens"] = text_field(tokens, WORDS)
        if contexts is not None:
            fields["contexts"] = ListField([text_field(words, WORDS) for words in contexts])
        if label is not None:
            fields["label"] = LabelField(label, "relation_labels")
        fields["metadata"] = MetadataField(metadata or {})
        return Instance(fields)

    def apply_token_indexers(self, instance: Instance) -> None:
        instance["entities"].token_indexers = ENTITIES  # type: ignore[attr-defined]


STATEMENTS = {
    "causes": ["<ENT> causes <ENT>", "exposure to <ENT> often led to severe <ENT>"],
    "treats": ["<ENT> relieves <ENT>", "patients with <ENT> were given <ENT> daily with success"],
}
NO_RELATION = "NO-RELATION"


def sentences(number: int, seed: int = 1, labelled: bool = True) -> List[JsonDict]:
    """Sentences that state one of two relations or, sometimes, none."""
    chance = random.Random(seed)
    result = []
    for _ in range(number):
        label = chance.choice([*STATEMENTS, NO_RELATION])
        forms = STATEMENTS.get(label, ["no link of <ENT> and <ENT> was seen", "<ENT> or <ENT> ."])
        extra = chance.choices(["here", "now", "again"], k=chance.randrange(3))
        line = {
            "tokens": [*chance.choice(forms).split(), *extra],
            "entities": chance.choice([["Chemical", "Disease"], ["Gene", "Disease"]]),
        }
        result.append({**line, "label": label} if labelled else line)
    return result


def pairs(number: int, seed: int = 1, contexts: bool = False) -> List[JsonDict]:
    """Pairs of entities, given by identifiers. Chemicals with an even number are related to
    diseases with an even number."""
    chance = random.Random(seed)
    result: List[JsonDict] = []
    for _ in range(number):
        types = chance.choice([["CHEMICAL", "DISEASE"], ["DISEASE", "GENE"]])
        numbers = [chance.randrange(6) for _ in types]
        related = not any(n % 2 for n in numbers)
        line: JsonDict = {
            "entities": [f"{type_[0]}{n}" for type_, n in zip(types, numbers, strict=True)],
            "label": "-".join(types) if related else NO_RELATION,
            "metadata": {"types": types, "sentences": 1},
        }
        if contexts:
            some = sentences(1 + chance.randrange(3), chance.randrange(10**6))
            line["contexts"] = [sentence["tokens"] for sentence in some]
        result.append(line)
    return result


def write(path: Path, lines: List[JsonDict]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def batch_of(
    lines: List[JsonDict], vocab: Optional[Vocabulary] = None
) -> Tuple[Dict[str, Any], Vocabulary, List[Instance]]:
    instances = [ToyRelationsReader().text_to_instance(**line) for line in lines]
    vocab = vocab or Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    return batch.as_tensor_dict(), vocab, instances


def feedforward(size: int) -> JsonDict:
    return {"num_layers": 2, "hidden_dims": size, "activations": "relu"}


RELVM: JsonDict = {
    "type": "relvm",
    "word_embedding": {"embedding_dim": 6},
    "entity_embedding": {"embedding_dim": 5, "vocab_namespace": "entities"},
    "context_encoder": {"type": "lstm", "input_size": 6, "hidden_size": 7, "bidirectional": True},
    "prior_feedforward": feedforward(8),
    "inference_feedforward": feedforward(9),
    "decoder": {"hidden_dim": 7, "token_dropout": 0.5},
    "u_dim": 3,
    "z_dim": 4,
}


def build(params: JsonDict, vocab: Vocabulary, **changes: Any) -> Any:
    params = copy.deepcopy({**params, **changes})
    return Model.from_params(Params(params), vocab=vocab)


def experiment(model: JsonDict, data: Path, **changes: Any) -> JsonDict:
    """A config that trains a few steps."""
    return copy.deepcopy(
        {
            "dataset_reader": {"type": "toy_relations"},
            "train_data_path": str(data),
            "validation_data_path": str(data),
            "model": model,
            "data_loader": {"batch_size": 8},
            "validation_data_loader": {"batch_size": 16},
            "trainer": {
                "num_epochs": 2,
                "optimizer": {"type": "adam", "lr": 0.01},
                "callbacks": [{"type": "schedules"}, {"type": "exact_recovery"}],
                "checkpointer": {"type": "atomic", "keep_most_recent_by_count": 1},
                "run_confidence_checks": False,
                "cuda_device": -1,
            },
            **changes,
        }
    )
