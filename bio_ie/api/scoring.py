"""Scores predictions."""

from typing import Iterable, Union

from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.metrics.document_scores import DocumentScores, score_documents
from bio_ie.text.document import Document


def score(
    predicted: Iterable[Document],
    gold: Iterable[Document],
    kb: Union[str, KnowledgeBase, None] = None,
) -> DocumentScores:
    """
    Scores predicted documents against annotated ones with the same ids, as `bio-ie score` does.

    # Parameters

    predicted, gold : `Iterable[Document]`
    kb : `Union[str, KnowledgeBase]`, optional
        Different ids of one of its concepts count as the same.

    # Returns

    `DocumentScores`
        `entity`, `relation`, `fact` and others, each a dictionary: `scores.entity["f1"]`.
    """
    return score_documents(predicted, gold, KnowledgeBase(kb) if isinstance(kb, str) else kb)
