"""The kinds of items of a document that are scored, and the metric of each kind."""

from typing import Any, Callable, Dict, List, NamedTuple, Type

from bio_ie.data.concept_items import ConceptItems
from bio_ie.data.items import entity_items, relation_items
from bio_ie.metrics.document_fact_f1 import DocumentFactF1
from bio_ie.metrics.document_linking_f1 import DocumentLinkingF1
from bio_ie.metrics.entity_f1 import EntityF1
from bio_ie.metrics.item_f1 import ItemF1
from bio_ie.metrics.mention_linking_f1 import MentionLinkingF1
from bio_ie.metrics.relation_f1 import RelationF1
from bio_ie.text.document import Document


class ScoredItems(NamedTuple):
    """A kind of items.

    # Parameters

    title : `str`
        What the table of `bio-ie score` calls them.
    metric : `Type[ItemF1]`
    items_of : `Callable[[Document, ConceptItems], List[Any]]`
        A function that gives the items of a document. Concepts are written as its second argument
        writes them.
    """

    title: str
    metric: Type[ItemF1[Any]]
    items_of: Callable[[Document, ConceptItems], List[Any]]


SCORED_ITEMS: Dict[str, ScoredItems] = {
    "entity": ScoredItems("entities", EntityF1, lambda document, _: entity_items(document)),
    "relation": ScoredItems("relations", RelationF1, lambda document, _: relation_items(document)),
    "fact": ScoredItems("facts", DocumentFactF1, lambda _, concepts: concepts.facts()),
    "linking": ScoredItems("concepts", DocumentLinkingF1, lambda _, concepts: concepts.links()),
    "mention_linking": ScoredItems(
        "links of mentions", MentionLinkingF1, lambda _, concepts: concepts.mention_links()
    ),
}
"""The kinds of items, by name. `bio-ie score` scores all of them. Models score the kinds that they
predict, with the same metrics."""
