import os
import sys
from typing import Any, Dict, Iterator, List, Optional, Sequence

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators.candidate_generator import (
    Candidate,
    CandidateGenerator,
    Query,
)
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError


@CandidateGenerator.register("scispacy")
class ScispacyCandidateGenerator(CandidateGenerator):
    """
    scispaCy's candidate generator, with an index that was built before. It finds approximate
    nearest neighbours of a name by the TF-IDF vectors of sequences of three characters. The score
    of a concept is the best score of its names among the neighbours. Types of mentions make no
    difference.

    Nothing is downloaded: the files have to exist. They are opened when they are first needed. One
    of them is a pickle, which can run any code, so use only files from a source that you trust.

    Registered as a `CandidateGenerator` with name "scispacy".

    # Parameters

    index : `str`
        A folder with the files of scispaCy's `create_tfidf_ann_index`.
    kb_file : `str`
        The knowledge base that the index was built from, in scispaCy's format (`.jsonl`).
    k : `int`, optional (default = `25`)
    expand_abbreviations : `bool`, optional (default = `True`)
    num_neighbours : `int`, optional (default = `100`)
        The number of names that are asked for. Several names can belong to the same concept, so
        there may be fewer than k concepts among them.
    """

    reads_pickles = True
    """An archive with this part is loaded only if it is trusted."""

    def __init__(
        self,
        index: str,
        kb_file: str,
        k: int = 25,
        expand_abbreviations: bool = True,
        num_neighbours: int = 100,
    ) -> None:
        super().__init__(k, expand_abbreviations)
        if num_neighbours < k:
            raise ConfigurationError(f"num_neighbours must be at least k = {k}")
        self._index = index
        self._kb_file = kb_file
        self._num_neighbours = num_neighbours
        self._generator: Optional[Any] = None

    def __getstate__(self) -> Dict[str, Any]:
        return {**super().__getstate__(), "_generator": None}

    def _generate(self, queries: Sequence[Query]) -> Iterator[List[Candidate]]:
        if self._generator is None:
            self._generator = _open(self._index, self._kb_file)
        found = self._generator([text for text, _ in queries], self._num_neighbours)
        for concepts in found:
            # Rounding can take the cosine of a name with itself above 1.
            candidates = [
                Candidate(concept.concept_id, min(float(max(concept.similarities)), 1.0))
                for concept in concepts
            ]
            candidates.sort(key=lambda candidate: (-candidate.score, candidate.concept_id))
            yield candidates[: self.k]


def without_library(error: ImportError) -> str:
    """The end of a sentence about a part of scispaCy whose import raised `error`."""
    reason = f"needs a library that is missing: {error}; "
    if error.name != "nmslib":
        return reason + "install it"
    if sys.version_info >= (3, 13):
        return reason + "there is none for Python 3.13: use an earlier Python"
    return reason + "run: pip install nmslib-metabrainz"


def _open(index: str, kb_file: str) -> Any:
    try:
        # Not imported above: it needs nmslib, which is not available for every Python.
        import scispacy.candidate_generation as candidate_generation
        from scispacy.linking_utils import KnowledgeBase
    except ImportError as error:
        raise ConfigurationError(
            f"the candidate generator 'scispacy' {without_library(error)}, or use the generator "
            "'tfidf', which needs no other library"
        ) from error
    if not os.path.isdir(index):
        raise KnowledgeBaseError("this folder with an index of scispaCy does not exist", index)
    paths = candidate_generation.LinkerPaths.from_directory(index)
    for file in (*paths, kb_file):
        if not os.path.isfile(file):
            raise KnowledgeBaseError(
                "this file is missing; scispaCy publishes such indices, and its "
                "create_tfidf_ann_index writes one (with a scipy before 1.11)",
                file,
            )
    try:
        names, vectorizer, neighbours = paths.load()
        kb = KnowledgeBase(kb_file)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise KnowledgeBaseError(f"scispaCy cannot read the index: {error}", index) from error
    return candidate_generation.CandidateGenerator(neighbours, vectorizer, names, kb)
