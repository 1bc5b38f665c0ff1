"""A generator of candidates as a step that links mentions."""

from dataclasses import replace
from typing import List, Optional, Sequence

from bio_ie.annotation.steps.annotation_step import CONCEPTS, MENTIONS, AnnotationStep
from bio_ie.files.failures import DocumentOrFailure
from bio_ie.knowledge.candidate_generators import Candidate, CandidateGenerator
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document, Mention


@AnnotationStep.register("candidates")
class CandidatesStep(AnnotationStep):
    """
    Links the mentions of earlier steps to the first candidate of a generator. Mentions that have
    concepts stay as they are.

    Registered as an `AnnotationStep` with name "candidates".

    # Parameters

    generator : `CandidateGenerator`
    min_score : `float`, optional (default = `0.0`)
        Candidates with a lower score are no links.
    name
        As in every `AnnotationStep`.
    """

    needs = frozenset([MENTIONS])
    gives = frozenset([CONCEPTS])

    def __init__(
        self, generator: CandidateGenerator, min_score: float = 0.0, name: Optional[str] = None
    ) -> None:
        super().__init__(name)
        self._generator = generator
        self._min_score = min_score

    def files(self) -> List[str]:
        paths: List[str] = []
        for part in vars(self._generator).values():
            if isinstance(part, KnowledgeBase):
                len(part)
                paths.append(part.path)
        return paths

    def open(self, cuda_device: int = -1) -> None:
        self.files()
        self._generator.generate(["a"])  # opens its index, so that a missing one is an error

    def annotate(self, items: Sequence[DocumentOrFailure]) -> List[DocumentOrFailure]:
        documents = [item for item in items if isinstance(item, Document)]
        found = iter(self._generator.generate_for_documents(documents))
        return [
            self._linked(item, next(found)) if isinstance(item, Document) else item
            for item in items
        ]

    def _linked(self, document: Document, candidates: Sequence[Sequence[Candidate]]) -> Document:
        mentions: List[Mention] = []
        for mention, some in zip(document.mentions, candidates, strict=True):
            if not mention.concept_ids and some and some[0].score >= self._min_score:
                mention = replace(mention, concept_ids=(some[0].concept_id,), score=some[0].score)
            mentions.append(mention)
        return document.with_changes(mentions=mentions, relations=(), facts=())
