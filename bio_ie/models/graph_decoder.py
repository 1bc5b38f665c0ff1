"""Turns predictions as tensors into the items and annotations that users and scores see."""

from typing import Any, Dict, List, Mapping, Sequence

from bio_ie.data.items import EntityItem, Items
from bio_ie.modules.row_items import row_lists
from bio_ie.text.document import Mention, Relation, Span


class GraphDecoder:
    """Copies the tensors of `predicted_graph` to the host, and gives entities their character
    offsets and the names of their types.

    Its methods take the output of a model. This has `metadata`, whose `word_spans` are the
    character offsets of the row's words, and the results of `predicted_graph`, with a `prefix`
    before their names.

    # Parameters

    entity_types, relation_types : `Sequence[str]`
        Their names, by index.
    undirected : `Sequence[bool]`
        Whether the relation type of that index is undirected.
    """

    def __init__(
        self,
        entity_types: Sequence[str],
        relation_types: Sequence[str],
        undirected: Sequence[bool],
    ) -> None:
        self._entity_types = entity_types
        self._relation_types = relation_types
        self._undirected = undirected

    def items(self, output: Mapping[str, Any], prefix: str = "") -> List[Items]:
        """The items of each row that scores count, in character offsets of its document."""
        result = []
        for metadata, entities, relations in zip(
            output["metadata"],
            row_lists(output[f"{prefix}entities"]),
            row_lists(output[f"{prefix}relations"]),
            strict=True,
        ):
            items = self._entity_items(metadata["word_spans"], entities)
            relation_items = [
                (items[head], items[tail], self._relation_types[label])
                for head, tail, label in relations
            ]
            result.append((items, relation_items))
        return result

    def annotations(
        self, output: Mapping[str, Any], prefix: str = "", given: bool = False
    ) -> Dict[str, List[Any]]:
        """The same items as annotations with scores: `mentions` and `relations` of each row, with
        the same `prefix` before these names. Ids count the row's mentions. Mentions that were
        `given` have no score."""
        names = ("entities", "entity_probabilities", "relations", "relation_probabilities")
        mentions, relations = [], []
        for metadata, entities, scores, pairs, pair_scores in zip(
            output["metadata"],
            *(row_lists(output[f"{prefix}{name}"]) for name in names),
            strict=True,
        ):
            items = self._entity_items(metadata["word_spans"], entities)
            mentions.append(
                [
                    Mention(f"T{number}", *item, score=None if given else score)
                    for number, (item, score) in enumerate(zip(items, scores, strict=True), 1)
                ]
            )
            relations.append(
                [
                    Relation(
                        type=self._relation_types[label],
                        head=f"T{head + 1}",
                        tail=f"T{tail + 1}",
                        score=score,
                        directed=not self._undirected[label],
                    )
                    for (head, tail, label), score in zip(pairs, pair_scores, strict=True)
                ]
            )
        return {f"{prefix}mentions": mentions, f"{prefix}relations": relations}

    def _entity_items(
        self, word_spans: Sequence[Span], entities: Sequence[Sequence[int]]
    ) -> List[EntityItem]:
        return [
            (word_spans[first][0], word_spans[last][1], self._entity_types[type_])
            for first, last, type_ in entities
        ]
