from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from bio_ie.knowledge.candidate_generators.candidate_generator import (
    Candidate,
    CandidateGenerator,
    Query,
)
from bio_ie.knowledge.candidate_generators.semantic_type_filter import SemanticTypeFilter
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.stemming import stem_words


@CandidateGenerator.register("exact")
class ExactCandidateGenerator(CandidateGenerator):
    """
    The concepts with a name that is the text, but for upper and lower case, punctuation and white
    space (see `normalize_name`). All score 1. With every span of a text for a query it is a
    dictionary matcher: see `DictionaryMatcher`.

    Registered as a `CandidateGenerator` with name "exact".

    # Parameters

    kb : `KnowledgeBase`
    k : `int`, optional (default = `25`)
    expand_abbreviations : `bool`, optional (default = `True`)
    semantic_types : `Mapping[str, List[str]]`, optional
        For a type of mention, the semantic types that its candidates may have, at least one of
        them. Mentions of other types may be any concept.
    stem : `bool`, optional (default = `False`)
        A text that is no name is looked up again by the stems of its words. The stems of all names
        are made when they are first needed, and kept in memory.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        k: int = 25,
        expand_abbreviations: bool = True,
        semantic_types: Optional[Dict[str, List[str]]] = None,
        stem: bool = False,
    ) -> None:
        super().__init__(k, expand_abbreviations)
        self.kb = kb
        self._filter = SemanticTypeFilter(kb, semantic_types)
        self._stem = stem
        self._concepts_by_stems: Optional[Dict[str, Tuple[str, ...]]] = None

    def __getstate__(self) -> Dict[str, Any]:
        return {**super().__getstate__(), "_concepts_by_stems": None}

    def _generate(self, queries: Sequence[Query]) -> Iterator[List[Candidate]]:
        names = [normalize_name(text) for text, _ in queries]
        concepts = self.kb.lookup(names)
        if self._stem:
            by_stems = self._by_stems()
            for name in names:
                if name and name not in concepts:
                    concepts[name] = by_stems.get(stem_words(name), ())
        for name, (_, type_) in zip(names, queries, strict=True):
            its_concepts = concepts.get(name)
            if not its_concepts:  # as are most spans of a text
                yield []
                continue
            allowed = self._filter.allowed(its_concepts, type_)
            yield [Candidate(concept_id, 1.0) for concept_id in allowed[: self.k]]

    def _by_stems(self) -> Dict[str, Tuple[str, ...]]:
        if self._concepts_by_stems is None:
            found: Dict[str, Tuple[str, ...]] = {}
            for concept_id, name in self.kb.names():  # ordered by concept
                stems = stem_words(normalize_name(name))
                known = found.get(stems, ())
                if not known or known[-1] != concept_id:
                    found[stems] = (*known, concept_id)
            self._concepts_by_stems = found
        return self._concepts_by_stems
