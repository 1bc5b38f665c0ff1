"""Scores of predicted documents against annotated ones, whatever made or reads them."""

from typing import AbstractSet, Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from bio_ie.data.concept_items import ConceptItems, FactItem, LinkItem, MentionLink
from bio_ie.data.items import (
    EntityItem,
    RelationItem,
    document_of_items,
    entity_items,
    relation_items,
)
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.metrics.biorelex_f1 import BioRelExF1, is_biorelex
from bio_ie.metrics.document_fact_f1 import DocumentFactF1
from bio_ie.metrics.document_linking_f1 import DocumentLinkingF1
from bio_ie.metrics.entity_f1 import EntityF1
from bio_ie.metrics.mention_linking_f1 import MentionLinkingF1
from bio_ie.metrics.relation_f1 import RelationF1
from bio_ie.text.document import Document, DocumentError


class DocumentScores(NamedTuple):
    """What `score_documents` returns.

    # Parameters

    documents : `int`
        Annotated documents.
    missing : `int`
        Those without a prediction.
    entity, relation : `Dict[str, float]`
        Of `entity_f1` and `relation_f1`.
    fact, linking, mention_linking : `Dict[str, float]`, optional
        Of `document_fact_f1`, and of `document_linking_f1` and `mention_linking_f1`, if there are
        annotated facts, and mentions with concepts.
    official : `Dict[str, float]`, optional
        Of `biorelex_f1`, if there are annotations of BioRelEx with a prediction.
    by_document : `Dict[str, Dict[str, float]]`
        For `entity`, `relation`, `fact`, `linking` and `mention_linking`: the strict F1 of each
        annotated document, by id; 1 where there is nothing and nothing was predicted. To compare
        systems with, by `significance.compare`; the scores above are no means of it.
    """

    documents: int
    missing: int
    entity: Dict[str, float]
    relation: Dict[str, float]
    fact: Optional[Dict[str, float]]
    linking: Optional[Dict[str, float]]
    mention_linking: Optional[Dict[str, float]]
    official: Optional[Dict[str, float]]
    by_document: Dict[str, Dict[str, float]]


class _Items(NamedTuple):
    """Of one document."""

    entities: List[EntityItem]
    relations: List[RelationItem]
    facts: List[FactItem]
    links: List[LinkItem]
    mention_links: List[MentionLink]

    @classmethod
    def of(cls, document: Document, kb: Optional[KnowledgeBase]) -> "_Items":
        concepts = ConceptItems(document, kb)
        return cls(
            entity_items(document),
            relation_items(document),
            concepts.facts(),
            concepts.links(),
            concepts.mention_links(),
        )


def score_documents(
    predicted: Iterable[Document],
    gold: Iterable[Document],
    kb: Optional[KnowledgeBase] = None,
) -> DocumentScores:
    """Scores predictions against the annotated documents with the same ids, in any order.

    With a knowledge base, ids of facts and links that mean the same concept are the same.

    A document without a prediction counts as one in which nothing was found, but for the official
    score of BioRelEx, which leaves it out. Raises `DocumentError` for an id that occurs twice on
    one side, a prediction for an unknown id, and a prediction from another text, whose offsets
    would mean nothing.
    """
    # A prediction's items are kept, not the document; its text as a hash, to be compared.
    pending: Dict[str, Tuple[int, _Items]] = {}
    for document in predicted:
        if document.id in pending:
            raise DocumentError(document.id, "there are two predictions for this document")
        pending[document.id] = hash(document.text), _Items.of(document, kb)

    entity_f1, relation_f1 = EntityF1(), RelationF1()
    fact_f1, linking_f1 = DocumentFactF1(), DocumentLinkingF1()
    mention_linking_f1 = MentionLinkingF1()
    has_facts = has_links = False
    official: Optional[BioRelExF1] = None
    by_document: Dict[str, Dict[str, float]] = {
        name: {} for name in ("entity", "relation", "fact", "linking", "mention_linking")
    }
    seen = set()
    missing = 0
    for document in gold:
        if document.id in seen:
            raise DocumentError(document.id, "this document is annotated twice")
        seen.add(document.id)
        found, right = _Items([], [], [], [], []), _Items.of(document, kb)
        if document.id in pending:
            text, found = pending.pop(document.id)
            if text != hash(document.text):
                raise DocumentError(document.id, "the prediction was made from another text")
            if is_biorelex(document):
                official = official or BioRelExF1()
                official([document_of_items(document, found.entities, found.relations)], [document])
        else:
            missing += 1
        entity_f1([found.entities], [right.entities])
        relation_f1([found.relations], [right.relations])
        fact_f1([found.facts], [right.facts])
        linking_f1([found.links], [right.links])
        mention_linking_f1([found.mention_links], [right.mention_links])
        items: List[Tuple[List[Any], List[Any]]] = list(zip(found, right, strict=True))
        for of_name, (some, others) in zip(by_document.values(), items, strict=True):
            of_name[document.id] = _f1(set(map(_strict, some)), set(map(_strict, others)))
        has_facts, has_links = has_facts or bool(right.facts), has_links or bool(right.links)
    for unknown in pending:
        raise DocumentError(unknown, "there is a prediction but no annotated document")
    return DocumentScores(
        len(seen),
        missing,
        entity_f1.get_metric(),
        relation_f1.get_metric(),
        fact_f1.get_metric() if has_facts else None,
        linking_f1.get_metric() if has_links else None,
        mention_linking_f1.get_metric() if has_links else None,
        official.get_metric() if official else None,
        by_document,
    )


def _strict(item: Any) -> Any:
    """What the strict score compares: of a mention's concept, not the mention's type."""
    return item[:3] if isinstance(item, MentionLink) else item


def _f1(found: AbstractSet[Any], right: AbstractSet[Any]) -> float:
    total = len(found) + len(right)
    return 2 * len(found & right) / total if total else 1.0
