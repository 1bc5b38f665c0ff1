"""Scores of predicted documents against annotated ones, independent of models and formats."""

from collections import defaultdict
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Set, Tuple

from bio_ie.data.concept_items import ConceptItems
from bio_ie.data.items import document_of_items
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.metrics.biorelex_f1 import BioRelExF1, is_biorelex
from bio_ie.metrics.scored_items import SCORED_ITEMS
from bio_ie.metrics.significance import Counts
from bio_ie.text.document import Document, DocumentError


class DocumentScores(NamedTuple):
    """What `score_documents` returns.

    # Parameters

    documents : `int`
        The number of annotated documents.
    missing : `int`
        The number of annotated documents without a prediction.
    entity, relation : `Dict[str, float]`
        The scores of `EntityF1` and `RelationF1`.
    fact, linking, mention_linking : `Dict[str, float]`, optional
        The scores of `DocumentFactF1`, if there are annotated facts, and of `DocumentLinkingF1` and
        `MentionLinkingF1`, if there are annotated mentions with concepts.
    official : `Dict[str, float]`, optional
        The scores of `BioRelExF1`, if there are annotations of BioRelEx with a prediction.
    by_document : `Dict[str, Dict[str, float]]`
        For each kind of items (`SCORED_ITEMS`), the strict F1 of each annotated document, by id. It
        is 1 for a document that has no items and for which none was predicted.
        `significance.compare` compares systems by these scores. The scores above are not means of
        them.
    counts_by_document : `Dict[str, Dict[str, Dict[str, Counts]]]`
        For each kind of items and `official`, and for each criterion, the counts of each annotated
        document, by id (`official`: of each one with a prediction). `significance.compare_micro`
        compares systems by these counts. The micro scores above are of their sums.
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
    counts_by_document: Dict[str, Dict[str, Dict[str, Counts]]]


_ItemsByKind = Dict[str, List[Any]]
"""The items of one document, by kind."""


def _items_of(document: Document, kb: Optional[KnowledgeBase]) -> _ItemsByKind:
    concepts = ConceptItems(document, kb)
    return {name: kind.items_of(document, concepts) for name, kind in SCORED_ITEMS.items()}


def score_documents(
    predicted: Iterable[Document],
    gold: Iterable[Document],
    kb: Optional[KnowledgeBase] = None,
) -> DocumentScores:
    """Scores predictions against the annotated documents with the same ids, in any order.

    With a knowledge base, different ids of the same concept count as the same in facts and links.

    A document without a prediction counts as one in which nothing was found. Only the official
    score of BioRelEx leaves it out.

    Raises `DocumentError` for an id that occurs twice among the predictions or among the annotated
    documents, for a prediction with an unknown id, and for a prediction from another text, because
    its offsets would mean nothing.
    """
    # To save memory, only the items of a prediction and a hash of its text are kept.
    pending: Dict[str, Tuple[int, _ItemsByKind]] = {}
    for document in predicted:
        if document.id in pending:
            raise DocumentError(document.id, "there are two predictions for this document")
        pending[document.id] = hash(document.text), _items_of(document, kb)

    metrics = {name: kind.metric() for name, kind in SCORED_ITEMS.items()}
    annotated: Set[str] = set()  # the kinds of items that have gold items
    official: Optional[BioRelExF1] = None
    by_document: Dict[str, Dict[str, float]] = {name: {} for name in SCORED_ITEMS}
    counts: Dict[str, Dict[str, Dict[str, Counts]]] = defaultdict(lambda: defaultdict(dict))
    seen = set()
    missing = 0
    for document in gold:
        if document.id in seen:
            raise DocumentError(document.id, "this document is annotated twice")
        seen.add(document.id)
        found: _ItemsByKind = {name: [] for name in SCORED_ITEMS}
        right = _items_of(document, kb)
        if document.id in pending:
            text, found = pending.pop(document.id)
            if text != hash(document.text):
                raise DocumentError(document.id, "the prediction was made from another text")
            if is_biorelex(document):
                official = official or BioRelExF1()
                items = document_of_items(document, found["entity"], found["relation"])
                official([items], [document])
                alone = BioRelExF1()
                alone([items], [document])
                for name, score in alone.scores().items():
                    counts["official"][name][document.id] = score
        else:
            missing += 1
        for name, metric in metrics.items():
            metric([found[name]], [right[name]])
            for criterion, (ours, theirs) in metric.keys(found[name], right[name]).items():
                counted = len(ours & theirs), len(ours), len(theirs)
                counts[name][criterion][document.id] = counted
                if criterion == "strict":
                    by_document[name][document.id] = _f1(*counted)
        annotated |= {name for name, items_of_kind in right.items() if items_of_kind}
    for unknown in pending:
        raise DocumentError(unknown, "there is a prediction but no annotated document")
    scores = {name: metric.get_metric() for name, metric in metrics.items()}
    return DocumentScores(
        len(seen),
        missing,
        scores["entity"],
        scores["relation"],
        scores["fact"] if "fact" in annotated else None,
        scores["linking"] if "linking" in annotated else None,
        scores["mention_linking"] if "mention_linking" in annotated else None,
        official.get_metric() if official else None,
        by_document,
        {name: dict(by_criterion) for name, by_criterion in counts.items()},
    )


def _f1(correct: int, predicted: int, gold: int) -> float:
    return 2 * correct / (predicted + gold) if predicted + gold else 1.0
