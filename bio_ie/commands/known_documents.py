"""Checks that predictions are scored on nothing that their model knew."""

import sys
from typing import Dict, Iterable, Iterator, List, Optional, Set

from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.leaks import (
    KNOWN_FROM,
    REMEDY,
    LeakError,
    leaks,
    predicted_leaks,
    vectors_evidence,
)
from bio_ie.text.document import Document
from bio_ie.text.papers import paper_of_document


class KnownDocuments:
    """The documents of an evaluation, and what a model knew of them: by what the predictions say,
    and by a knowledge base and vectors.

    # Parameters

    kb : `KnowledgeBase`, optional
    vectors : `List[str]`
        Files of concept vectors.

    Raises `ConceptVectorsError` for a file that cannot be read.
    """

    def __init__(self, kb: Optional[KnowledgeBase], vectors: List[str]) -> None:
        self._knowledge_bases = [] if kb is None else [kb]
        self._vectors = [vectors_evidence(file) for file in vectors]
        self._scored: Set[str] = set()
        self._known: Dict[str, List[str]] = {}

    def noted(self, predictions: Iterable[Document]) -> Iterator[Document]:
        """The predictions, after it has been noted what they say that their model knew."""
        for document in predictions:
            files = document.metadata.get(KNOWN_FROM)
            if isinstance(files, list) and files:
                known = self._known.setdefault(paper_of_document(document), [])
                known += map(str, files)
            yield document

    def scored(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The annotated documents, after their papers have been noted."""
        for document in documents:
            self._scored.add(paper_of_document(document))
            yield document

    def check(self, gold: str, on_leak: str) -> None:
        """Raises `LeakError` if a model knew some of the annotated documents, or prints a warning
        if `on_leak` is `"warn"`."""
        checked = [kb.path for kb in self._knowledge_bases] + [v.path for v in self._vectors]
        found = [
            *leaks(self._scored, self._knowledge_bases, self._vectors),
            *predicted_leaks(self._scored, self._known, checked),
        ]
        if found and on_leak == "raise":
            raise LeakError(f"{gold}: {'; '.join(found)}. {REMEDY}, or give --on-leak warn")
        for line in found:
            print(f"warning: {line}", file=sys.stderr)
