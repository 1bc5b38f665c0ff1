"""The facts of many documents as one graph: each fact once, with the documents and sentences that
support it."""

import math
from collections import defaultdict
from typing import Dict, Iterable, Iterator, List, NamedTuple, Sequence, Set, Tuple

from bio_ie.data.fact_store import FactStore, Key, Statement
from bio_ie.text.document import Document, Fact, Span
from bio_ie.text.sentences import SpanSplitter, sentence_spans


class Evidence(NamedTuple):
    """A sentence that names both entities of a fact."""

    document: str
    sentence: str


class PooledFact(NamedTuple):
    """A fact of at least one document."""

    head: str
    type: str
    tail: str
    best: float
    """The largest of the fact's probabilities. An annotated fact, which has none, counts as 1."""
    noisy_or: float
    """`1 - prod_d (1 - p_d)`: the probability that at least one document is right about the fact,
    if the documents are independent."""
    documents: Tuple[str, ...]
    """The ids of the documents that state the fact, the most certain document first."""
    evidence: Tuple[Evidence, ...]
    head_name: str
    tail_name: str
    """The names of head and tail: those of a knowledge base, or else the most frequent ones that
    documents have for them, or else the ids."""


class PooledFacts:
    """The facts of a corpus, which are kept in a temporary file; see `pool_facts`. It is a context
    manager, which deletes the file in the end.

    # Parameters

    store : `FactStore`
        Has what the documents state.
    max_evidence : `int`
    """

    def __init__(self, store: FactStore, max_evidence: int) -> None:
        self._store = store
        self._max_evidence = max_evidence
        self.num_documents = 0

    def __enter__(self) -> "PooledFacts":
        return self

    def __exit__(self, *error: object) -> None:
        self._store.close()

    def __iter__(self) -> Iterator[PooledFact]:
        """The most probable fact first (by `noisy_or`, then `best`, then ids)."""
        for head, type_, tail, best, noisy_or, documents, evidence, *names in self._store.pooled():
            found = tuple(Evidence(*item) for item in evidence)
            yield PooledFact(
                head, type_, tail, best, noisy_or, tuple(documents), found, names[0], names[1]
            )

    def __len__(self) -> int:
        return self._store.num_facts()

    @property
    def num_concepts(self) -> int:
        return self._store.num_concepts()

    def named_concepts(self) -> Iterator[Tuple[str, str]]:
        """The concepts that are the head or the tail of a fact, in the order of their ids, with
        their names."""
        return self._store.named_concepts()

    def set_names(self, names: Dict[str, str]) -> None:
        """Sets the names of some concepts, such as those of a knowledge base."""
        self._store.add_names(names.items())

    def _add(self, document: Document, splitter: SpanSplitter, min_score: float) -> None:
        self.num_documents += 1
        scores = _scores(document.facts, min_score)
        if not scores:
            return
        sentences: Dict[Key, List[str]] = {}
        if self._max_evidence > 0:
            sentences = _evidence(document, splitter, set(scores))
        for key, score in scores.items():
            found = sentences.get(key, [])[: self._max_evidence]
            self._store.add(key, document.id, score, found)
        named = _names(document)
        for head, _, tail in scores:
            for concept in (head, tail):
                self._store.count_names(concept, named.get(concept, ()))

    def _pool(self) -> None:
        for key, statements in self._store.by_key():
            self._store.add_pooled(key, *_pooled(statements, self._max_evidence, self._store))
        self._store.add_names(_most_frequent(self._store.name_counts()))


def pool_facts(
    documents: Iterable[Document],
    splitter: SpanSplitter,
    min_score: float = 0.0,
    max_evidence: int = 3,
) -> PooledFacts:
    """Pools the facts of a corpus, one document after the other. What the documents state goes to a
    temporary file, so that the memory does not grow with the corpus. Of a single fact, the ids of
    its documents are in memory.

    # Parameters

    documents : `Iterable[Document]`
        A document supports a fact only once. If it states the fact twice, the more probable one
        counts.
    splitter : `SpanSplitter`
        Splits documents that have no sentences.
    min_score : `float`, optional (default = `0.0`)
        Facts with a lower probability in a document are left out.
    max_evidence : `int`, optional (default = `3`)
        The most sentences that are kept for a fact. They come from its most certain documents.

    Raises `OSError` if the temporary file cannot be written.
    """
    store = FactStore()
    pooled = PooledFacts(store, max_evidence)
    try:
        for document in documents:
            pooled._add(document, splitter, min_score)
        pooled._pool()
    except BaseException:
        store.close()
        raise
    return pooled


def _scores(facts: Iterable[Fact], min_score: float) -> Dict[Key, float]:
    scores: Dict[Key, float] = {}
    for fact in facts:
        score = 1.0 if fact.score is None else fact.score
        if score >= min_score:
            key = fact.head, fact.type, fact.tail
            scores[key] = max(score, scores.get(key, 0.0))
    return scores


def _names(document: Document) -> Dict[str, List[str]]:
    names: Dict[str, List[str]] = defaultdict(list)
    for mention in document.mentions:
        for concept in mention.concept_ids:
            names[concept].append(" ".join(document.text_of(mention).split()))
    return names


def _most_frequent(counts: Iterable[Tuple[str, str, int]]) -> Iterator[Tuple[str, str]]:
    """The name with the highest count of each concept; of several, the first in order. The names of
    a concept come together."""
    best: Tuple[str, str, int] = ("", "", 0)
    for concept, name, count in counts:
        if concept != best[0] and best[2]:
            yield best[:2]
        if concept != best[0] or (-count, name) < (-best[2], best[1]):
            best = concept, name, count
    if best[2]:
        yield best[:2]


def _evidence(document: Document, splitter: SpanSplitter, wanted: Set[Key]) -> Dict[Key, List[str]]:
    """The sentences that name both entities of a fact, in text order."""
    found: Dict[Key, List[str]] = defaultdict(list)
    places: Dict[str, List[Span]] = defaultdict(list)
    for mention in document.mentions:
        for concept in mention.concept_ids:
            places[concept].append(mention.span)
    candidates = [key for key in wanted if places.keys() >= {key[0], key[2]}]
    if not candidates:
        return found
    for start, end in sentence_spans(document, splitter):
        here = {
            concept
            for concept, spans in places.items()
            if any(start <= first and last <= end for first, last in spans)
        }
        for key in candidates:
            if here >= {key[0], key[2]}:
                found[key].append(" ".join(document.text[start:end].split()))
    return found


def _pooled(
    statements: Iterable[Statement], max_evidence: int, store: FactStore
) -> Tuple[float, float, Sequence[str], List[Evidence]]:
    """The best probability, the noisy-or, the documents and the evidence of a fact."""
    support: Dict[str, float] = {}
    places: Dict[str, int] = {}
    for document, score, number, has_evidence in statements:
        support[document] = max(score, support.get(document, 0.0))
        if has_evidence:
            places.setdefault(document, number)
    documents = sorted(support, key=lambda id_: (-support[id_], id_))
    # A sum of logarithms keeps small probabilities exact.
    certain = any(score >= 1 for score in support.values())
    log_none = 0.0 if certain else sum(math.log1p(-score) for score in support.values())
    evidence: List[Evidence] = []
    for document in documents if places else ():
        if len(evidence) >= max_evidence:
            break
        if document in places:
            sentences = store.evidence(places[document])
            evidence.extend(Evidence(document, sentence) for sentence in sentences)
    noisy_or = 1.0 if certain else -math.expm1(log_none)
    return max(support.values()), noisy_or, documents, evidence[:max_evidence]
