"""The base class of candidate generators, which find concepts for the names in texts."""

from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.abbreviations import expand_abbreviations, find_abbreviations
from bio_ie.knowledge.name_filter import NameFilter
from bio_ie.text.document import Document

CACHED_QUERIES = 1 << 16
"""The number of queries whose candidates are kept in memory, if `CACHED_CANDIDATES` allows it."""

CACHED_CANDIDATES = 25 * CACHED_QUERIES
"""The number of candidates that are kept in memory."""

Query = Tuple[str, Optional[str]]
"""A text, and the type of the mention with this text."""


class Candidate(NamedTuple):
    """A concept that a text may name. A likelier candidate has a higher score. A score is at most
    1, which means that the text is a name of the concept."""

    concept_id: str
    score: float


class CandidateGenerator(Registrable):
    """
    Finds the concepts that a text may name. The likeliest comes first; ties are ordered by concept
    id. The candidates of a text do not depend on the other texts of the call. Each text is looked
    up once in a call, and its candidates are cached.

    An implementation defines `_generate`. It opens files when they are first needed, not when it is
    made. It can be pickled, copied, and handed to forked loader workers.

    # Parameters

    k : `int`, optional (default = `25`)
        The largest number of candidates of a text. All of them are different concepts.
    expand_abbreviations : `bool`, optional (default = `True`)
        Whether an abbreviation is looked up by the long form that its document gives; see
        `generate_for_documents`.
    """

    def __init__(self, k: int = 25, expand_abbreviations: bool = True) -> None:
        if k < 1:
            raise ConfigurationError(f"k must be positive, got {k}")
        self.k = k
        self._expands_abbreviations = expand_abbreviations
        self._cache: Dict[Query, List[Candidate]] = {}
        # What was in the cache before it was full, so that what is asked for often stays.
        self._older: Dict[Query, List[Candidate]] = {}

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_cache": {}, "_older": {}}

    def generate(
        self, texts: Sequence[str], types: Optional[Sequence[Optional[str]]] = None
    ) -> List[List[Candidate]]:
        """
        Finds the candidates of some texts.

        # Parameters

        texts : `Sequence[str]`
            Names, as they are written.
        types : `Sequence[Optional[str]]`, optional
            The type of the mention with each text, or `None` if it is not known. An implementation
            may use it or not.

        # Returns

        `List[List[Candidate]]`
            The candidates of each text; an empty list if no concept has a similar name.
        """
        if types is None:
            types = [None] * len(texts)
        if len(texts) != len(types):
            raise ValueError(f"{len(texts)} texts, but {len(types)} types")
        queries: List[Query] = list(zip(texts, types, strict=True))
        found: Dict[Query, List[Candidate]] = {}
        again: Dict[Query, List[Candidate]] = {}
        missing: List[Query] = []
        for query in dict.fromkeys(queries):
            known = self._cache.get(query)
            if known is None:
                known = self._older.get(query)
                if known is None:
                    missing.append(query)
                    continue
                again[query] = known
            found[query] = known
        self._remember(again)
        if missing:
            new = dict(zip(missing, self._generate(missing), strict=True))
            found.update(new)
            self._remember(new)
        return [list(found[query]) for query in queries]

    def generate_for_documents(self, documents: Sequence[Document]) -> List[List[List[Candidate]]]:
        """The candidates of each mention of each document. All mentions are looked up at once.

        Abbreviations that a document explains are expanded in its mentions, unless
        `expand_abbreviations` is false.
        """
        texts: List[str] = []
        types: List[Optional[str]] = []
        for document in documents:
            written = [document.text_of(mention) for mention in document.mentions]
            texts += self.expanded(document.text, written)
            types += [mention.type for mention in document.mentions]
        found = iter(self.generate(texts, types))
        return [[next(found) for _ in document.mentions] for document in documents]

    def expanded(self, document_text: str, texts: Sequence[str]) -> List[str]:
        """Pieces of a document's text in the form in which they are looked up: with the
        document's abbreviations expanded, unless `expand_abbreviations` is false."""
        abbreviations = self.abbreviations(document_text) if texts else {}
        return [expand_abbreviations(text, abbreviations) for text in texts]

    def abbreviations(self, document_text: str) -> Dict[str, str]:
        """The abbreviations of a document that `expanded` expands, with their long forms."""
        return find_abbreviations(document_text) if self._expands_abbreviations else {}

    def name_filter(self) -> Optional[NameFilter]:
        """Tells texts that have no candidates, so that they need not be looked up. `None` if any
        text may have some."""
        return None

    def _generate(self, queries: Sequence[Query]) -> Iterator[List[Candidate]]:
        """The candidates of each query, at most `k`, likeliest first. The queries are distinct."""
        raise NotImplementedError

    def _remember(self, found: Dict[Query, List[Candidate]]) -> None:
        limit = min(CACHED_QUERIES, CACHED_CANDIDATES // self.k) // 2
        if len(self._cache) + len(found) > limit:
            self._cache, self._older = {}, self._cache
        if len(found) <= limit:
            self._cache.update(found)
