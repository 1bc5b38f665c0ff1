"""The facts of many documents as one graph: each fact once, with the documents and sentences that
support it."""

import math
from collections import Counter, defaultdict
from typing import Dict, Iterable, List, NamedTuple, Set, Tuple

from bio_ie.text.document import Document, Fact, Span
from bio_ie.text.sentences import SpanSplitter, sentence_spans

Key = Tuple[str, str, str]
"""Head, type and tail."""


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


class PooledFacts(NamedTuple):
    """What `pool_facts` returns."""

    facts: List[PooledFact]
    """The most probable fact first (by `noisy_or`, then `best`, then ids)."""
    names: Dict[str, str]
    """The most frequent name of each concept that a fact has and some document names."""
    num_documents: int


def pool_facts(
    documents: Iterable[Document],
    splitter: SpanSplitter,
    min_score: float = 0.0,
    max_evidence: int = 3,
) -> PooledFacts:
    """Pools the facts of a corpus, one document after the other. Only the facts, names and evidence
    of the documents are kept in memory.

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
    """
    support: Dict[Key, Dict[str, float]] = defaultdict(dict)
    sentences: Dict[Key, Dict[str, List[str]]] = defaultdict(dict)
    names: Dict[str, Counter[str]] = defaultdict(Counter)
    num_documents = 0
    for document in documents:
        num_documents += 1
        scores = _scores(document.facts, min_score)
        if not scores:
            continue
        named = _names(document)
        for key, score in scores.items():
            support[key][document.id] = max(score, support[key].get(document.id, 0.0))
            for concept in (key[0], key[2]):
                names[concept].update(named.get(concept, ()))
        if max_evidence > 0:
            for key, found in _evidence(document, splitter, set(scores)).items():
                sentences[key].setdefault(document.id, found[:max_evidence])
    facts = [
        _pooled(key, score_by_document, sentences[key], max_evidence)
        for key, score_by_document in support.items()
    ]
    facts.sort(key=lambda fact: (-fact.noisy_or, -fact.best, fact[:3]))
    most_often = {
        concept: min(counts, key=lambda name: (-counts[name], name))
        for concept, counts in names.items()
        if counts
    }
    return PooledFacts(facts, most_often, num_documents)


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
    key: Key, support: Dict[str, float], sentences: Dict[str, List[str]], max_evidence: int
) -> PooledFact:
    documents = sorted(support, key=lambda id_: (-support[id_], id_))
    # A sum of logarithms keeps small probabilities exact.
    certain = any(score >= 1 for score in support.values())
    log_none = 0.0 if certain else sum(math.log1p(-score) for score in support.values())
    evidence = [Evidence(id_, sentence) for id_ in documents for sentence in sentences.get(id_, ())]
    return PooledFact(
        *key,
        best=max(support.values()),
        noisy_or=1.0 if certain else -math.expm1(log_none),
        documents=tuple(documents),
        evidence=tuple(evidence[:max_evidence]),
    )
