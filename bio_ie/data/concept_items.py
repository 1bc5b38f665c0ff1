"""What is counted of concepts: facts between them, and which of them a document names."""

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
    """A concept that a document names, by a mention of this type."""

    concept_id: str
    type: str


class MentionLink(NamedTuple):
    """A mention in a document, and one concept that it names."""

    start: int
    end: int
    concept_id: str
    type: str = ""


def linking_items(mentions: Iterable[Mention]) -> List[MentionLink]:
    """One item for each id of each mention: a mention of two concepts is two items, one without an
    id none."""
    return [
        MentionLink(mention.start, mention.end, concept_id, mention.type)
        for mention in mentions
        for concept_id in mention.concept_ids
    ]


ConceptItem = TypeVar("ConceptItem", LinkItem, MentionLink)


def of_concepts(
    rows: Sequence[Sequence[ConceptItem]], concepts: AbstractSet[str], inside: bool
) -> List[List[ConceptItem]]:
    """The items of each row whose concept is one of `concepts` or, if not `inside`, is not."""
    return [[item for item in row if (item.concept_id in concepts) is inside] for row in rows]


class ConceptItems:
    """The items of one document, with each concept written in one way: as a knowledge base does, by
    whichever id it is known there; else with the prefix of its vocabulary, where that can be told.

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
        """The one way to write a concept."""
        prefixed = self._prefixed.get(concept_id) or vocabulary_id(concept_id)
        # A bare number may be that of a gene, a species or a disease.
        known = None
        if self._kb is not None and not prefixed.isdigit():
            known = self._kb.resolve(prefixed)
        return known or prefixed

    def facts(self) -> List[FactItem]:
        """Without duplicates, which two ids of one concept can make."""
        facts = (
            FactItem(self.concept(fact.head), self.concept(fact.tail), fact.type)
            for fact in self._document.facts
        )
        return list(dict.fromkeys(facts))

    def mention_links(self) -> List[MentionLink]:
        """One for each concept of each mention, without duplicates."""
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
