"""The items that metrics count: mentions and relations, reduced to what two annotators would have
to agree on."""

from typing import Iterable, List, Optional, Tuple

from bio_ie.text.document import Document, Mention, Relation

EntityItem = Tuple[int, int, str]
"""Start, end and type of a mention; character offsets, end exclusive."""

RelationItem = Tuple[EntityItem, EntityItem, str]
"""Head mention, tail mention and type of a relation."""

Items = Tuple[List[EntityItem], List[RelationItem]]
"""The entities and relations of one text."""


def entity_item(mention: Mention) -> EntityItem:
    """The item of one mention. A discontinuous mention counts from its first to its last
    character."""
    return mention.start, mention.end, mention.type


def entity_items(document: Document) -> List[EntityItem]:
    return [entity_item(mention) for mention in document.mentions]


def relation_items(
    document: Document, relations: Optional[Iterable[Relation]] = None
) -> List[RelationItem]:
    """The items of `relations`, by default all relations of `document`.

    An undirected relation has its smaller argument first. So two documents agree even if they list
    the same mentions in a different order.
    """
    mentions = document.mention_by_id()
    items = []
    for relation in document.relations if relations is None else relations:
        head, tail = entity_item(mentions[relation.head]), entity_item(mentions[relation.tail])
        if not relation.directed and tail < head:
            head, tail = tail, head
        items.append((head, tail, relation.type))
    return items


def document_of_items(
    document: Document, entities: Iterable[EntityItem], relations: Iterable[RelationItem]
) -> Document:
    """A document with the text of `document` and these items as its only annotations, each of them
    once. It is for scores that need a document and not only items. The entities of `relations` must
    be among `entities`."""
    ids = {entity: f"T{number}" for number, entity in enumerate(dict.fromkeys(entities), 1)}
    return Document(
        document.id,
        document.text,
        mentions=tuple(Mention(id_, *entity) for entity, id_ in ids.items()),
        relations=tuple(
            dict.fromkeys(Relation(type_, ids[head], ids[tail]) for head, tail, type_ in relations)
        ),
    )
