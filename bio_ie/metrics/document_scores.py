"""Scores of predicted documents against annotated ones, whatever made or reads them."""

from typing import Dict, Iterable, List, NamedTuple, Optional, Tuple

from bio_ie.data.document import Document, DocumentError
from bio_ie.metrics.biorelex_f1 import BioRelExF1, is_biorelex
from bio_ie.metrics.entity_f1 import EntityF1
from bio_ie.metrics.items import (
    EntityItem,
    RelationItem,
    document_of_items,
    entity_items,
    relation_items,
)
from bio_ie.metrics.relation_f1 import RelationF1


class DocumentScores(NamedTuple):
    """What `score_documents` returns.

    # Parameters

    documents : `int`
        Annotated documents.
    missing : `int`
        Those without a prediction.
    entity, relation : `Dict[str, float]`
        Of `entity_f1` and `relation_f1`.
    official : `Dict[str, float]`, optional
        Of `biorelex_f1`, if there are annotations of BioRelEx with a prediction.
    """

    documents: int
    missing: int
    entity: Dict[str, float]
    relation: Dict[str, float]
    official: Optional[Dict[str, float]]


def score_documents(predicted: Iterable[Document], gold: Iterable[Document]) -> DocumentScores:
    """Scores predictions against the annotated documents with the same ids, in any order.

    A document without a prediction counts as one in which nothing was found, but for the official
    score of BioRelEx, which leaves it out. Raises `DocumentError` for an id that occurs twice on
    one side, a prediction for an unknown id, and a prediction from another text, whose offsets
    would mean nothing.
    """
    # A prediction's items are kept, not the document; its text as a hash, to be compared.
    pending: Dict[str, Tuple[int, List[EntityItem], List[RelationItem]]] = {}
    for document in predicted:
        if document.id in pending:
            raise DocumentError(document.id, "there are two predictions for this document")
        pending[document.id] = (
            hash(document.text),
            entity_items(document),
            relation_items(document),
        )

    entity_f1, relation_f1 = EntityF1(), RelationF1()
    official: Optional[BioRelExF1] = None
    seen = set()
    missing = 0
    for document in gold:
        if document.id in seen:
            raise DocumentError(document.id, "this document is annotated twice")
        seen.add(document.id)
        entities: List[EntityItem] = []
        relations: List[RelationItem] = []
        if document.id in pending:
            text, entities, relations = pending.pop(document.id)
            if text != hash(document.text):
                raise DocumentError(document.id, "the prediction was made from another text")
            if is_biorelex(document):
                official = official or BioRelExF1()
                official([document_of_items(document, entities, relations)], [document])
        else:
            missing += 1
        entity_f1([entities], [entity_items(document)])
        relation_f1([relations], [relation_items(document)])
    for unknown in pending:
        raise DocumentError(unknown, "there is a prediction but no annotated document")
    return DocumentScores(
        len(seen),
        missing,
        entity_f1.get_metric(),
        relation_f1.get_metric(),
        official.get_metric() if official else None,
    )
