from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from bio_ie.knowledge.candidate_generators.candidate_generator import (
    Candidate,
    CandidateGenerator,
    Query,
)
from bio_ie.knowledge.candidate_generators.semantic_type_filter import SemanticTypeFilter
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.name_filter import NameFilter, name_filter
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.stemming import stem_words


@CandidateGenerator.register("exact")
class ExactCandidateGenerator(CandidateGenerator):
    """
    Finds the concepts that have the text as a name. Upper and lower case, punctuation and white
    space make no difference (see `normalize_name`). All candidates have the score 1. If every span
    of a text is a query, this is a dictionary matcher: see `DictionaryMatcher`.

    Registered as a `CandidateGenerator` with name "exact".

    # Parameters

    kb : `KnowledgeBase`
    k : `int`, optional (default = `25`)
    expand_abbreviations : `bool`, optional (default = `True`)
    semantic_types : `Mapping[str, List[str]]`, optional
        For a type of mention, the semantic types of its candidates: a candidate has at least one
        of them. For other types of mentions, any concept can be a candidate.
    stem : `bool`, optional (default = `False`)
        Whether a text that is not a name is looked up again by the stems of its words. The stems of
        all names are computed when they are first needed, and kept in memory.
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
        self._name_filter: Optional[NameFilter] = None

    def __getstate__(self) -> Dict[str, Any]:
        return {**super().__getstate__(), "_concepts_by_stems": None, "_name_filter": None}

    def name_filter(self) -> NameFilter:
        if self._name_filter is None:
            if self._stem:
                stems = self._by_stems()
                self._name_filter = NameFilter.build(stems, len(stems), key=stem_words)
            else:
                self._name_filter = name_filter(self.kb)
        return self._name_filter

    def _generate(self, queries: Sequence[Query]) -> Iterator[List[Candidate]]:
        names = [normalize_name(text) for text, _ in queries]
        concepts = self.kb.lookup(names)
        if self._stem:
            by_stems = self._by_stems()
            for name in names:
                if name and name not in concepts:
                    concepts[name] = by_stems.get(stem_words(name), ())
        for name, (_, type_) in zip(names, queries, strict=True):
            named = concepts.get(name)
            if not named:  # true of most spans of a text
                yield []
                continue
            allowed = self._filter.allowed(named, type_)
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
