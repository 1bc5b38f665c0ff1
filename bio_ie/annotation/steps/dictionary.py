"""The names of a knowledge base as a step."""

from typing import Dict, FrozenSet, List, Optional, Sequence

from bio_ie.annotation.dictionary_links import find_mentions, link, of_types, with_best_concepts
from bio_ie.annotation.steps.annotation_step import CONCEPTS, MENTIONS, AnnotationStep
from bio_ie.files.failures import DocumentOrFailure
from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatcher
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import CANDIDATES, TypedDictionary
from bio_ie.text.document import Document


@AnnotationStep.register("dictionary")
class DictionaryStep(AnnotationStep):
    """
    Finds the longest names of a knowledge base, as `bio-ie link` does. Each mention has the concept
    with this name (the first one, if there are several).

    Registered as an `AnnotationStep` with name "dictionary".

    # Parameters

    kb : `str`
        A file that `bio-ie build-kb` has written.
    types : `Dict[str, List[str]]`, optional
        The types of mentions to find, each with its semantic types in the knowledge base. By
        default, all names are found, and a mention has the first semantic type of its concept.
    nested : `bool`, optional (default = `False`)
        Whether names inside longer names are mentions too.
    name
        As in every `AnnotationStep`.
    """

    needs: FrozenSet[str] = frozenset()
    gives = frozenset([MENTIONS, CONCEPTS])

    def __init__(
        self,
        kb: str,
        types: Optional[Dict[str, List[str]]] = None,
        nested: bool = False,
        name: Optional[str] = None,
    ) -> None:
        super().__init__(name)
        self._kb = KnowledgeBase(kb)
        self._types = None if types is None else TypedDictionary(self._kb, types)
        self._generator = ExactCandidateGenerator(self._kb, 1 if types is None else CANDIDATES)
        self._matcher = DictionaryMatcher(self._generator)
        self._nested = nested

    def files(self) -> List[str]:
        len(self._kb)  # opens the file, so that a missing or damaged one is an error
        return [self._kb.path]

    def open(self, cuda_device: int = -1) -> None:
        self.files()

    def annotate(self, items: Sequence[DocumentOrFailure]) -> List[DocumentOrFailure]:
        documents = [item for item in items if isinstance(item, Document)]
        bare = [document.without_annotations() for document in documents]
        found = find_mentions(bare, self._kb, not self._nested, self._matcher)
        linked = link(found, self._generator)
        if self._types is not None:
            types = self._types
            linked = (of_types(document, types, k=1) for document in linked)
        best = (with_best_concepts(document, self._kb) for document in linked)
        return [next(best) if isinstance(item, Document) else item for item in items]
