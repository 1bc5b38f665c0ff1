"""A field for the mentions of a document, the concepts that they may name, and its facts."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import torch
from allennlp.data.fields.field import Field
from allennlp.data.vocabulary import Vocabulary

from bio_ie.data.fields.background_graph_field import CONCEPTS, TYPES
from bio_ie.data.fields.ragged_tables import before, joined, row_numbers, table
from bio_ie.text.stable_key import stable_key

DocumentGraphTensors = Dict[str, torch.Tensor]

FACTS = "relation_labels"
"""The namespace of the relations of facts. Facts with a relation that training did not see are left
out of the tensor."""


class Link(NamedTuple):
    """A concept that a mention may name."""

    mention: int
    entity: int
    """The index of the concept in the document's entities."""
    score: float
    """The score that the candidate generator gave."""
    given: bool
    """Whether it is certain that the mention names the concept, so that there is nothing to predict
    for the mention."""


class DocumentGraphField(Field[DocumentGraphTensors]):
    """The facts that a document may state: its mentions, the concepts that they may name, and, if
    it is labelled, the facts that it does state. Entities are the concepts that some mention may
    name.

    # Tensors

    mentions : `[M, 3]`: row, first and last word of each mention
    links : `[P, 2]`: the index of a mention, and the index of an entity that it may name
    link_scores : `[P]`, float
    link_given : `[P]`, bool
    keys : `[E]`: the `stable_key` of each entity
    types : `[T, 2]`: the index of an entity, and one of its semantic types
    entity_rows : `[E]`: the row of each entity, ascending
    facts : `[F, 3]`: head entity, tail entity, relation; only when labelled
    gold_entities : `[E]`, bool: whether the document is known to be about the entity; only when
        labelled

    # Parameters

    mentions : `Sequence[Tuple[int, int]]`
        The first and last word of each mention.
    entities : `Sequence[str]`
        The ids of concepts.
    types : `Sequence[Sequence[str]]`
        The semantic types of each entity.
    links : `Sequence[Link]`
    facts : `Sequence[Tuple[int, str, int]]`, optional
        The head entity, relation and tail entity of each fact. Facts whose head or tail is not an
        entity belong in the metadata.
    gold_entities : `Sequence[int]`, optional
        The indices of the entities that the document is known to be about; required with `facts`.
    """

    __slots__ = ["_indexed", "entities", "facts", "gold_entities", "links", "mentions", "types"]

    def __init__(
        self,
        mentions: Sequence[Tuple[int, int]] = (),
        entities: Sequence[str] = (),
        types: Sequence[Sequence[str]] = (),
        links: Sequence[Link] = (),
        facts: Optional[Sequence[Tuple[int, str, int]]] = None,
        gold_entities: Optional[Sequence[int]] = None,
    ) -> None:
        if (facts is None) != (gold_entities is None):
            raise ValueError("facts and gold_entities must be given together")
        self.mentions = mentions
        self.entities = entities
        self.types = types
        self.links = links
        self.facts = facts
        self.gold_entities = gold_entities
        self._indexed: Optional[DocumentGraphTensors] = None

    def count_vocab_items(self, counter: Dict[str, Dict[str, int]]) -> None:
        for entity in self.entities:
            counter[CONCEPTS][entity] += 1
        for types in self.types:
            for type_ in types:
                counter[TYPES][type_] += 1
        for _, relation, _ in self.facts or ():
            counter[FACTS][relation] += 1

    def index(self, vocab: Vocabulary) -> None:
        type_pairs = [
            [entity, vocab.get_token_index(type_, TYPES)]
            for entity, types in enumerate(self.types)
            for type_ in types
        ]
        self._indexed = {
            "mentions": table(self.mentions, 2),
            "links": table([link[:2] for link in self.links], 2),
            "link_scores": torch.tensor([link.score for link in self.links], dtype=torch.float),
            "link_given": torch.tensor([link.given for link in self.links], dtype=torch.bool),
            "keys": torch.tensor([stable_key(entity) for entity in self.entities]).long(),
            "types": table(type_pairs, 2),
        }
        if self.facts is None or self.gold_entities is None:
            return
        relations: Dict[str, int] = {}
        if FACTS in vocab.get_namespaces():
            relations = vocab.get_token_to_index_vocabulary(FACTS)
        known = [
            [head, tail, relations[relation]]
            for head, relation, tail in self.facts
            if relation in relations
        ]
        is_gold = torch.zeros(len(self.entities), dtype=torch.bool)
        is_gold[torch.tensor(self.gold_entities, dtype=torch.long)] = True
        self._indexed.update(facts=table(known, 3), gold_entities=is_gold)

    def get_padding_lengths(self) -> Dict[str, int]:
        return {}

    def as_tensor(self, padding_lengths: Dict[str, int]) -> DocumentGraphTensors:
        if self._indexed is None:
            raise ValueError("index the field with a vocabulary before asking for its tensors")
        return self._indexed

    def batch_tensors(self, tensor_list: List[DocumentGraphTensors]) -> DocumentGraphTensors:
        num_mentions = [len(tensors["mentions"]) for tensors in tensor_list]
        num_entities = [len(tensors["keys"]) for tensors in tensor_list]
        mention, entity = before(num_mentions), before(num_entities)
        words = torch.cat([tensors["mentions"] for tensors in tensor_list])
        batch = {
            "mentions": torch.cat([row_numbers(num_mentions).unsqueeze(1), words], dim=1),
            "links": joined(tensor_list, "links", [mention, entity]),
            "types": joined(tensor_list, "types", [entity, None]),
            "entity_rows": row_numbers(num_entities),
        }
        flat = ["link_scores", "link_given", "keys"]
        if "facts" in tensor_list[0]:
            batch["facts"] = joined(tensor_list, "facts", [entity, entity, None])
            flat.append("gold_entities")
        for name in flat:
            batch[name] = torch.cat([tensors[name] for tensors in tensor_list])
        return batch

    def empty_field(self) -> "DocumentGraphField":
        empty: Optional[Tuple[Any, ...]] = None if self.facts is None else ()
        return DocumentGraphField(facts=empty, gold_entities=empty)

    def human_readable_repr(self) -> Dict[str, Any]:
        return {"mentions": self.mentions, "entities": self.entities, "facts": self.facts}

    def __len__(self) -> int:
        return len(self.mentions)
