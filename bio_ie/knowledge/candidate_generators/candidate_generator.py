"""The base of every candidate generator: names in texts on one side, concepts on the other."""

from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.abbreviations import expand_abbreviations, find_abbreviations
from bio_ie.text.document import Document

CACHED_QUERIES = 1 << 16
"""The candidates of so many texts are kept in memory, as long as these are few enough."""

CACHED_CANDIDATES = 25 * CACHED_QUERIES

Query = Tuple[str, Optional[str]]
"""A text, and the type of mention that it is."""


class Candidate(NamedTuple):
    """A concept that a text may name; the higher the score, the likelier. Scores are at most 1,
    which is that of the very name."""

    concept_id: str
    score: float


class CandidateGenerator(Registrable):
    """
    Finds the concepts that a text may name, the likeliest first, ties by concept id. The same text
    has the same candidates whatever it is asked for with; a text is looked up once in a call, and
    remembered.

    An implementation gives `_generate`. It opens files when they are first needed, not when it is
    made, and can be pickled, copied, and handed to forked loader workers.

    # Parameters

    k : `int`, optional (default = `25`)
        At most so many candidates a text, all different concepts.
    expand_abbreviations : `bool`, optional (default = `True`)
        Look up an abbreviation by the long form that its document gives; see
        `generate_for_documents`.
    """

    def __init__(self, k: int = 25, expand_abbreviations: bool = True) -> None:
        if k < 1:
            raise ConfigurationError(f"k must be positive, got {k}")
        self.k = k
        self._expands_abbreviations = expand_abbreviations
        self._cache: Dict[Query, List[Candidate]] = {}

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_cache": {}}

    def generate(
        self, texts: Sequence[str], types: Optional[Sequence[Optional[str]]] = None
    ) -> List[List[Candidate]]:
        """
        # Parameters

        texts : `Sequence[str]`
            Names, as they are written.
        types : `Sequence[Optional[str]]`, optional
            The type of mention that each text is, where that is known. What comes of it is up to
            the implementation.

        # Returns

        `List[List[Candidate]]`
            The candidates of each text, none if nothing is like it.
        """
        if types is None:
            types = [None] * len(texts)
        if len(texts) != len(types):
            raise ValueError(f"{len(texts)} texts, but {len(types)} types")
        queries: List[Query] = list(zip(texts, types, strict=True))
        distinct = dict.fromkeys(queries)
        found = {query: self._cache[query] for query in distinct if query in self._cache}
        missing = [query for query in distinct if query not in found]
        if missing:
            new = dict(zip(missing, self._generate(missing), strict=True))
            found.update(new)
            self._remember(new)
        return [list(found[query]) for query in queries]

    def generate_for_documents(self, documents: Sequence[Document]) -> List[List[List[Candidate]]]:
        """The candidates of each mention of each document, all looked up at once. Abbreviations
        that a document explains are expanded in its mentions, unless that was turned off."""
        texts: List[str] = []
        types: List[Optional[str]] = []
        for document in documents:
            written = [document.text_of(mention) for mention in document.mentions]
            texts += self.expanded(document.text, written)
            types += [mention.type for mention in document.mentions]
        found = iter(self.generate(texts, types))
        return [[next(found) for _ in document.mentions] for document in documents]

    def expanded(self, document_text: str, texts: Sequence[str]) -> List[str]:
        """Pieces of a document's text as they are looked up: with its abbreviations expanded,
        unless that was turned off."""
        if not texts or not self._expands_abbreviations:
            return list(texts)
        abbreviations = find_abbreviations(document_text)
        return [expand_abbreviations(text, abbreviations) for text in texts]

    def _generate(self, queries: Sequence[Query]) -> Iterator[List[Candidate]]:
        """The candidates of each query, at most `k`, in order; queries are distinct."""
        raise NotImplementedError

    def _remember(self, found: Dict[Query, List[Candidate]]) -> None:
        limit = min(CACHED_QUERIES, CACHED_CANDIDATES // self.k)
        if len(self._cache) + len(found) > limit:
            self._cache.clear()
        if len(found) <= limit:
            self._cache.update(found)
