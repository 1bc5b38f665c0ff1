"""How many mentions of a corpus have their concept among the first k candidates, and how fast:
`python -m benchmarks.candidate_recall KB CORPUS`.

A mention counts if it has an id; it is right at k if one of its ids is among the first k
candidates. For a composite mention (`A|B`), one id is enough; how many mentions have all of theirs
is printed below. Ids that the knowledge base does not know count as missed.
"""

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Dict, List, Sequence

from bio_ie.data.document import Document
from bio_ie.knowledge.abbreviations import find_abbreviations
from bio_ie.knowledge.candidate_generators import (
    Candidate,
)
from bio_ie.knowledge.candidate_generators.candidate_generator import CandidateGenerator
from bio_ie.knowledge.knowledge_base import KnowledgeBase

RANKS = (1, 5, 10, 25, 50)


@dataclass(frozen=True)
class Speed:
    """In seconds: of finding abbreviations, and of everything after it with nothing remembered."""

    mentions: int
    distinct: int
    abbreviations: float
    candidates: float
    distinct_candidates: float


def with_ids(documents: Sequence[Document]) -> List[Document]:
    """The documents with only those mentions that have an id."""
    return [
        replace(
            document,
            mentions=tuple(mention for mention in document.mentions if mention.concept_ids),
            relations=(),
        )
        for document in documents
    ]


def recall(
    kb: KnowledgeBase,
    documents: Sequence[Document],
    found: Sequence[Sequence[Sequence[Candidate]]],
    all_ids: bool = False,
) -> Dict[str, List[float]]:
    """By type of mention, and for `all`, recall at each of `RANKS`."""
    right: Dict[str, Counter[int]] = {"all": Counter()}
    total: Counter[str] = Counter()
    for document, candidates in zip(documents, found, strict=True):
        for mention, its_candidates in zip(document.mentions, candidates, strict=True):
            places = {item.concept_id: place for place, item in enumerate(its_candidates)}
            of_ids = [places.get(kb.resolve(id_) or id_, max(RANKS)) for id_ in mention.concept_ids]
            place = max(of_ids) if all_ids else min(of_ids)
            for type_ in ("all", mention.type):
                total[type_] += 1
                counts = right.setdefault(type_, Counter())
                counts.update(rank for rank in RANKS if place < rank)
    return {
        type_: [counts[rank] / max(total[type_], 1) for rank in RANKS]
        for type_, counts in right.items()
    }


def speed(generator: CandidateGenerator, documents: Sequence[Document]) -> Speed:
    """Of `generator`, whose index is opened before. Nothing may be remembered in it."""
    started = time.perf_counter()
    for document in documents:
        find_abbreviations(document.text)
    abbreviations = time.perf_counter() - started
    texts, types = _queries(generator, documents)
    started = time.perf_counter()
    generator.generate(texts, types)
    candidates = time.perf_counter() - started
    distinct = list(dict.fromkeys(zip(texts, types, strict=True)))
    fresh = _forgetful(generator)
    started = time.perf_counter()
    fresh.generate(*zip(*distinct, strict=True))
    return Speed(
        len(texts), len(distinct), abbreviations, candidates, time.perf_counter() - started
    )


def _queries(
    generator: CandidateGenerator, documents: Sequence[Document]
) -> "tuple[List[str], List[str]]":
    texts: List[str] = []
    types: List[str] = []
    for document in documents:
        written = [document.text_of(mention) for mention in document.mentions]
        texts += generator.expanded(document.text, written)
        types += [mention.type for mention in document.mentions]
    return texts, types
