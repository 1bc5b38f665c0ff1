"""From predictions as numbers by sentence to what users and scores see."""

from typing import Any, Dict, List, Sequence, Tuple

from bio_ie.data.document import Mention, Relation
from bio_ie.metrics.items import EntityItem, RelationItem
from bio_ie.models.predicted_rows import Row


class RowDecoder:
    """Gives the rows of `predicted_rows` their character offsets and the names of their types.

    # Parameters

    entity_types, relation_types : `Sequence[str]`
        By index.
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

    def items(
        self, metadata: Dict[str, Any], entities: Row, relations: Row
    ) -> Tuple[List[EntityItem], List[RelationItem]]:
        """What is counted of a sentence, in character offsets of its document.

        # Parameters

        metadata : `Dict[str, Any]`
            With `word_spans`, the character offsets of the sentence's words.
        entities, relations : `Row`
            See `predicted_rows`.
        """
        items = self._entity_items(metadata, entities)
        return items, [
            (items[head], items[tail], self._relation_types[label])
            for head, tail, label, _ in relations
        ]

    def annotations(
        self, metadata: Dict[str, Any], entities: Row, relations: Row, given: bool = False
    ) -> Tuple[List[Mention], List[Relation]]:
        """The same as annotations with scores; ids count the sentence's mentions. Mentions that
        were `given` have no score."""
        items = self._entity_items(metadata, entities)
        mentions = [
            Mention(f"T{number}", *item, score=None if given else entity[-1])
            for number, (item, entity) in enumerate(zip(items, entities, strict=True), start=1)
        ]
        return mentions, [
            Relation(
                type=self._relation_types[label],
                head=f"T{head + 1}",
                tail=f"T{tail + 1}",
                score=score,
                directed=not self._undirected[label],
            )
            for head, tail, label, score in relations
        ]

    def _entity_items(self, metadata: Dict[str, Any], entities: Row) -> List[EntityItem]:
        spans = metadata["word_spans"]
        return [
            (spans[first][0], spans[last][1], self._entity_types[type_])
            for first, last, type_, _ in entities
        ]
