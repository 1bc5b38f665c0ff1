"""Pairs of entities, related or not, for pair-level classification (RELVM, section 2.3)."""

import itertools
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, Token, TokenIndexer
from allennlp.data.fields import Field, LabelField, ListField, MetadataField, TextField

from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.data.dataset_readers.document_reader import even_rounds
from bio_ie.data.dataset_readers.relation_context import (
    default_entity_indexers,
    default_token_indexers,
    entities_field,
)
from bio_ie.data.pairs.relation_labels import RELATION_LABELS
from bio_ie.files.bad_items import BadItem, as_object, skippable
from bio_ie.files.corpus_error import CorpusError, quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json


@dataclass(frozen=True)
class EntityPairItem:
    """A pair of entities.

    # Parameters

    entities : `Tuple[str, str]`
        The identifiers of the two entities.
    types : `Tuple[str, ...]`
        The types of both entities, or empty.
    label : `str`, optional
    sentences : `int`, optional
        The number of sentences that name both entities.
    contexts : `Sequence[Sequence[str]]`
        The words of some of these sentences, with the entities replaced by `<ENT>`.
    """

    entities: Tuple[str, str]
    types: Tuple[str, ...] = ()
    label: Optional[str] = None
    sentences: Optional[int] = None
    contexts: Sequence[Sequence[str]] = ()


@DatasetReader.register("relation_pairs")
class RelationPairsReader(DatasetReader):
    """One instance for each pair of entities of a file that `bio-ie build-pairs` writes, with one
    pair per line: `{"entities": ["MESH:D008687", "MESH:D003924"], "types": ["CHEMICAL", "DISEASE"],
    "label": "CHEMICAL-DISEASE", "sentences": 7}`. All keys but `entities` are optional.

    Each loader worker and each process of distributed training makes only its own instances. In
    distributed training, the last round is filled with copies, flagged `is_padding`.

    Registered as a `DatasetReader` with name "relation_pairs".

    # Parameters

    entity_indexers : `Dict[str, TokenIndexer]`, optional
        The indexers of the entities; by default `single_id` in the namespace `entities`.
    token_indexers : `Dict[str, TokenIndexer]`, optional
        The indexers of the words of contexts; by default `single_id`, lower-cased.
    max_contexts : `int`, optional (default = `0`)
        The number of sentences of a pair that an instance has, for `sentence_attention`. They are
        the first of the `contexts` in the file. If it is not 0, a pair without contexts is an
        error.
    max_instances, serialization_dir
        See `DocumentReader`.

    # Fields

    entities : `TextField`; the two identifiers
    label : `LabelField`, namespace `relation_labels`; only if the line has one
    contexts : `ListField[TextField]`; only with `max_contexts`
    metadata : `entities`, `types`, `sentences`, `is_padding`; and `label`, if there is one
    """

    def __init__(
        self,
        entity_indexers: Optional[Dict[str, TokenIndexer]] = None,
        token_indexers: Optional[Dict[str, TokenIndexer]] = None,
        max_contexts: int = 0,
        max_instances: Optional[int] = None,
        serialization_dir: Optional[str] = None,
    ) -> None:
        if max_contexts < 0:
            raise ConfigurationError(f"max_contexts must not be {max_contexts}")
        super().__init__(
            manual_distributed_sharding=True,
            manual_multiprocess_sharding=True,
            serialization_dir=serialization_dir,
        )
        self._entity_indexers = entity_indexers or default_entity_indexers()
        self._token_indexers = token_indexers or default_token_indexers()
        self._max_contexts = max_contexts
        # AllenNLP's own limit would cut the share of each process, so that processes could have
        # unequal numbers of instances.
        self._max_pairs = max_instances

    def apply_token_indexers(self, instance: Instance) -> None:
        instance["entities"].token_indexers = self._entity_indexers  # type: ignore[attr-defined]
        if "contexts" in instance.fields:
            for context in instance["contexts"]:  # type: ignore[attr-defined]
                context.token_indexers = self._token_indexers

    def read_pairs(self, file_path: str) -> Iterator[EntityPairItem]:
        """The pairs of a file. Raises `CorpusError` for a file that cannot be read."""
        is_empty = True
        for file, name in JsonlFormat()._files(file_path):
            source = Source(file, name, "raise", CorpusReport())
            for line in source.lines(errors="surrogateescape"):
                if not line.strip():
                    continue
                pair = None
                with skippable(source):
                    pair = parse_pair(line)
                    if self._max_contexts and not pair.contexts:
                        raise BadItem("max_contexts is set, but the pair has no contexts")
                if pair is not None:
                    is_empty = False
                    yield pair
        if is_empty:
            raise CorpusError("no pair in it", file_path)

    def _read(self, file_path: str) -> Iterator[Instance]:
        pairs = itertools.islice(self.read_pairs(file_path), self._max_pairs)
        for pair, is_padding in self.shard_iterable(even_rounds(pairs)):
            yield self.text_to_instance(pair, is_padding)

    def text_to_instance(self, pair: EntityPairItem, is_padding: bool = False) -> Instance:
        metadata: Dict[str, Any] = {
            "entities": list(pair.entities),
            "types": list(pair.types),
            "sentences": pair.sentences,
            "is_padding": is_padding,
        }
        fields: Dict[str, Field] = {
            "entities": entities_field(pair.entities),
            "metadata": MetadataField(metadata),
        }
        if self._max_contexts:
            contexts: List[Field] = [
                TextField([Token(word) for word in words])
                for words in pair.contexts[: self._max_contexts]
            ]
            fields["contexts"] = ListField(contexts)
        if pair.label is not None:
            metadata["label"] = pair.label
            fields["label"] = LabelField(pair.label, label_namespace=RELATION_LABELS)
        return Instance(fields)


def parse_pair(line: str) -> EntityPairItem:
    """The pair of a line. Raises `BadItem` for a line that is not valid."""
    try:
        value = as_object(parse_json(line), "a pair")
    except BadItem:
        raise
    except ValueError as error:
        raise BadItem("line is not valid JSON", str(error)) from error
    entities = _strings(value, "entities")
    if entities is None or len(entities) != 2:
        raise BadItem("'entities' must be two strings", quoted(value.get("entities")))
    types = _strings(value, "types") or []
    if len(types) not in (0, 2):
        raise BadItem("'types' must be two strings", quoted(types))
    label, sentences = value.get("label"), value.get("sentences")
    if label is not None and not isinstance(label, str):
        raise BadItem("'label' must be a string", quoted(label))
    if sentences is not None and type(sentences) is not int:
        raise BadItem("'sentences' must be a number", quoted(sentences))
    contexts = value.get("contexts", [])
    if not isinstance(contexts, list) or not all(_is_strings(words) for words in contexts):
        raise BadItem("'contexts' must be lists of words", quoted(contexts))
    return EntityPairItem((entities[0], entities[1]), tuple(types), label, sentences, contexts)


def _strings(value: Mapping[str, Any], key: str) -> Optional[List[str]]:
    found = value.get(key)
    if found is None:
        return None
    if not _is_strings(found):
        raise BadItem(f"{key!r} must be strings", quoted(found))
    return list(found)


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(item) is str for item in value)
