"""The concept items that metrics count: facts between concepts, and the concepts that documents and
mentions name."""

from typing import AbstractSet, Dict, Iterable, List, NamedTuple, Optional, Sequence, TypeVar

from bio_ie.knowledge.concept_links import vocabulary_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document, Mention


class FactItem(NamedTuple):
    """A fact of a document."""

    head: str
    tail: str
    type: str


class LinkItem(NamedTuple):
    """A concept that a document names, and the type of the mention that names it."""

    concept_id: str
    type: str


class MentionLink(NamedTuple):
    """A mention in a document and one concept that it names."""

    start: int
    end: int
    concept_id: str
    type: str = ""


def linking_items(mentions: Iterable[Mention]) -> List[MentionLink]:
    """One item for each id of each mention. A mention of two concepts gives two items, and a
    mention without an id gives none."""
    return [
        MentionLink(mention.start, mention.end, concept_id, mention.type)
        for mention in mentions
        for concept_id in mention.concept_ids
    ]


ConceptItem = TypeVar("ConceptItem", LinkItem, MentionLink)


def items_by_concept(
    rows: Sequence[Sequence[ConceptItem]], concepts: AbstractSet[str], inside: bool
) -> List[List[ConceptItem]]:
    """Filters the items of each row by their concepts.

    # Parameters

    rows : `Sequence[Sequence[ConceptItem]]`
    concepts : `AbstractSet[str]`
    inside : `bool`
        Whether to keep the items whose concept is one of `concepts`, or the items whose concept is
        not.
    """
    return [[item for item in row if (item.concept_id in concepts) is inside] for row in rows]


class ConceptItems:
    """The items of one document, with each concept written in one way only. A concept that the
    knowledge base knows by any of its ids has the id that the knowledge base gives it. Any other
    concept has its own id with the prefix of its vocabulary, if the vocabulary can be told.

    # Parameters

    document : `Document`
    kb : `KnowledgeBase`, optional
    """

    def __init__(self, document: Document, kb: Optional[KnowledgeBase] = None) -> None:
        self._document = document
        self._kb = kb
        self._prefixed: Dict[str, str] = {}
        for mention in document.mentions:
            for concept_id in mention.concept_ids:
                prefixed = vocabulary_id(concept_id, mention.type)
                self._prefixed.setdefault(concept_id, prefixed)

    def concept(self, concept_id: str) -> str:
        """The one id by which these items name a concept."""
        prefixed = self._prefixed.get(concept_id) or vocabulary_id(concept_id)
        # A number without a prefix may be the id of a gene, a species or a disease.
        known = None
        if self._kb is not None and not prefixed.isdigit():
            known = self._kb.resolve(prefixed)
        return known or prefixed

    def facts(self) -> List[FactItem]:
        """The facts of the document without duplicates. Two ids of one concept can make
        duplicates."""
        facts = (
            FactItem(self.concept(fact.head), self.concept(fact.tail), fact.type)
            for fact in self._document.facts
        )
        return list(dict.fromkeys(facts))

    def mention_links(self) -> List[MentionLink]:
        """One link for each concept of each mention, without duplicates."""
        links = (
            MentionLink(mention.start, mention.end, self.concept(concept_id), mention.type)
            for mention in self._document.mentions
            for concept_id in mention.concept_ids
        )
        return list(dict.fromkeys(links))

    def links(self) -> List[LinkItem]:
        """Each concept once for each type of mention that names it."""
        links = (
            LinkItem(self.concept(concept_id), mention.type)
            for mention in self._document.mentions
            for concept_id in mention.concept_ids
        )
        return list(dict.fromkeys(links))
