"""The pooling of facts in memory: the slow reference of `bio_ie.data.pooled_facts`."""

import math
from collections import Counter, defaultdict
from typing import Any, Dict, Iterable, List, NamedTuple, Tuple

from bio_ie.text.document import Document, Span
from bio_ie.text.sentences import SpanSplitter, sentence_spans

Key = Tuple[str, str, str]


class Pooled(NamedTuple):
    facts: List[Tuple[Any, ...]]
    """Head, type, tail, best probability, noisy-or, documents, evidence, and names of the two."""
    num_documents: int


def pool_in_memory(
    documents: Iterable[Document], splitter: SpanSplitter, min_score: float, max_evidence: int
) -> Pooled:
    support: Dict[Key, Dict[str, float]] = defaultdict(dict)
    sentences: Dict[Key, Dict[str, List[str]]] = defaultdict(dict)
    counts: Dict[str, Counter[str]] = defaultdict(Counter)
    num_documents = 0
    for document in documents:
        num_documents += 1
        scores: Dict[Key, float] = {}
        for fact in document.facts:
            score = 1.0 if fact.score is None else fact.score
            if score >= min_score:
                key = fact.head, fact.type, fact.tail
                scores[key] = max(score, scores.get(key, 0.0))
        places: Dict[str, List[Span]] = defaultdict(list)
        names: Dict[str, List[str]] = defaultdict(list)
        for mention in document.mentions:
            for concept in mention.concept_ids:
                places[concept].append(mention.span)
                names[concept].append(" ".join(document.text_of(mention).split()))
        for key, score in scores.items():
            support[key][document.id] = max(score, support[key].get(document.id, 0.0))
            for concept in (key[0], key[2]):
                counts[concept].update(names.get(concept, ()))
        if scores and max_evidence > 0:
            spans = sentence_spans(document, splitter)
            for key in scores:
                found = [
                    " ".join(document.text[start:end].split())
                    for start, end in spans
                    if _names_both(places, key, start, end)
                ]
                if found:
                    sentences[key].setdefault(document.id, found)
    chosen = {c: min(n, key=lambda name: (-n[name], name)) for c, n in counts.items() if n}
    facts = [_pooled(key, s, sentences[key], max_evidence) for key, s in support.items()]
    facts.sort(key=lambda fact: (-fact[4], -fact[3], fact[:3]))
    named = [(*f, chosen.get(f[0], f[0]), chosen.get(f[2], f[2])) for f in facts]
    return Pooled(named, num_documents)


def _names_both(places: Dict[str, List[Span]], key: Key, start: int, end: int) -> bool:
    return all(
        any(start <= first and last <= end for first, last in places.get(concept, ()))
        for concept in (key[0], key[2])
    )


def _pooled(
    key: Key, support: Dict[str, float], sentences: Dict[str, List[str]], max_evidence: int
) -> Tuple[Any, ...]:
    documents = sorted(support, key=lambda id_: (-support[id_], id_))
    none = sum(math.log1p(-score) for score in support.values() if score < 1)
    certain = any(score >= 1 for score in support.values())
    evidence = [(id_, sentence) for id_ in documents for sentence in sentences.get(id_, ())]
    return (
        *key,
        max(support.values()),
        1.0 if certain else -math.expm1(none),
        tuple(documents),
        tuple(evidence[: max(0, max_evidence)]),
    )
