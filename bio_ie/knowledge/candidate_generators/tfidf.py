import os
from itertools import pairwise
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators.candidate_generator import (
    Candidate,
    CandidateGenerator,
    Query,
)
from bio_ie.knowledge.candidate_generators.semantic_type_filter import SemanticTypeFilter
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.stemming import stemmed_name
from bio_ie.knowledge.tfidf_index import TfidfIndex

_IMPORTING_PROCESS = os.getpid()


@CandidateGenerator.register("tfidf")
class TfidfCandidateGenerator(CandidateGenerator):
    """
    Finds the concepts whose names are most similar to a text, by the cosine of TF-IDF vectors of
    words and characters (candidate generation of SNERL). `TfidfVectors` defines these vectors. The
    score of a concept is the cosine of its best name. The search is exact: no other concept has a
    larger cosine. A text that has nothing in common with any name has no candidate.

    This generator needs an index, which `bio-ie build-index` builds. The index is opened when it is
    first needed. A forked process uses only one thread, because threads do not survive a fork.

    Registered as a `CandidateGenerator` with name "tfidf".

    # Parameters

    kb : `KnowledgeBase`
    k : `int`, optional (default = `25`)
    expand_abbreviations : `bool`, optional (default = `True`)
    semantic_types : `Mapping[str, List[str]]`, optional
        For a type of mention, the semantic types of its candidates: a candidate has at least one
        of them. Example: `{"Chemical": ["D"], "Disease": ["C"]}`. For other types of mentions, any
        concept can be a candidate.
    index : `str`, optional
        The folder of the index. By default it is next to the knowledge base; see `index_folder`.
    num_threads : `int`, optional
        By default, the number of cores that the process may use.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        k: int = 25,
        expand_abbreviations: bool = True,
        semantic_types: Optional[Dict[str, List[str]]] = None,
        index: Optional[str] = None,
        num_threads: Optional[int] = None,
    ) -> None:
        super().__init__(k, expand_abbreviations)
        if num_threads is not None and num_threads < 1:
            raise ConfigurationError(f"num_threads must be positive, got {num_threads}")
        self.kb = kb
        self._filter = SemanticTypeFilter(kb, semantic_types)
        self._index_folder = index
        self._num_threads = num_threads
        self._index: Optional[TfidfIndex] = None

    def __getstate__(self) -> Dict[str, Any]:
        return {**super().__getstate__(), "_index": None}

    @property
    def index(self) -> TfidfIndex:
        """The index. Raises `KnowledgeBaseError` if it does not exist or is stale."""
        if self._index is None:
            self._index = TfidfIndex(self.kb, self._index_folder)
        return self._index

    def _generate(self, queries: Sequence[Query]) -> Iterator[List[Candidate]]:
        keys = [(stemmed_name(text), self._filter.types_of(type_)) for text, type_ in queries]
        groups: Dict[Tuple[str, ...], Dict[str, List[Candidate]]] = {}
        for name, types in keys:
            groups.setdefault(types, {})[name] = []
        for types, names in groups.items():
            groups[types] = dict(zip(names, self._nearest(list(names), types), strict=True))
        return (groups[types][name] for name, types in keys)

    def _nearest(self, names: List[str], types: Tuple[str, ...]) -> Iterator[List[Candidate]]:
        index = self.index
        queries = index.vectors.transform(names)
        found = index.names(types).nearest(queries, self.k, self._threads())
        ids = index.concept_ids[found.concepts].tolist()
        # Rounding can take the cosine of a name with itself above 1.
        candidates = list(map(Candidate, ids, found.scores.clip(max=1).tolist()))
        starts = found.starts.tolist()
        return (candidates[start:end] for start, end in pairwise(starts))

    def _threads(self) -> int:
        if os.getpid() != _IMPORTING_PROCESS:
            return 1
        return self._num_threads or available_cores()


def available_cores() -> int:
    """The number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
