"""Links the mentions of texts to concepts by the names in a knowledge base."""

from dataclasses import replace
from itertools import islice
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from bio_ie.knowledge.candidate_generators import (
    Candidate,
    CandidateGenerator,
    ExactCandidateGenerator,
)
from bio_ie.knowledge.dictionary_matcher import DictionaryMatcher
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import OTHER, TypedDictionary
from bio_ie.text.document import Document, Mention

_BATCH = 32


class LinkedDocument(NamedTuple):
    """A document, and the candidates of each of its mentions, likeliest first."""

    document: Document
    candidates: List[List[Candidate]]


def find_mentions(
    documents: Iterable[Document],
    kb: KnowledgeBase,
    longest_only: bool = True,
    matcher: Optional[DictionaryMatcher] = None,
) -> Iterator[Document]:
    """Finds the names of concepts in documents. They become the mentions of the documents, with an
    empty type. Who calls this again and again gives a `matcher`, which keeps what it has seen."""
    matcher = matcher or DictionaryMatcher(ExactCandidateGenerator(kb, k=1))
    for batch in _batches(documents):
        matches = matcher.match([document.text for document in batch], longest_only)
        for document, matches_of_document in zip(batch, matches, strict=True):
            mentions = tuple(
                Mention(f"T{number}", match.start, match.end, "")
                for number, match in enumerate(matches_of_document, 1)
            )
            yield document.without_annotations().with_changes(mentions=mentions)


def link(documents: Iterable[Document], generator: CandidateGenerator) -> Iterator[LinkedDocument]:
    """Finds the candidates of all mentions of documents."""
    for batch in _batches(documents):
        found = generator.generate_for_documents(batch)
        for document, candidates in zip(batch, found, strict=True):
            yield LinkedDocument(document, [list(of_mention) for of_mention in candidates])


def of_types(linked: LinkedDocument, types: TypedDictionary, k: int) -> LinkedDocument:
    """Keeps only candidates of the given types, and at most `k` of them for each mention.

    A mention without a type gets the type of its first candidate. If no candidate is left, it is
    dropped.
    """
    mentions: List[Mention] = []
    candidates: List[List[Candidate]] = []
    for mention, of_mention in zip(linked.document.mentions, linked.candidates, strict=True):
        kept = [c for c in of_mention if types.type_of(c.concept_id) != OTHER][:k]
        if not mention.type:
            if not kept:
                continue
            mention = replace(mention, type=types.type_of(kept[0].concept_id))
        mentions.append(mention)
        candidates.append(kept)
    return LinkedDocument(replace(linked.document, mentions=tuple(mentions)), candidates)


def with_best_concepts(linked: LinkedDocument, kb: KnowledgeBase) -> Document:
    """A document with the first candidate of each mention as its concept. The mention gets the
    score of the candidate and, if it has no type, the first semantic type of the concept. Relations
    and facts are dropped."""
    mentions = []
    for mention, candidates in zip(linked.document.mentions, linked.candidates, strict=True):
        type_ = mention.type
        concept_ids: Tuple[str, ...] = ()
        score: Optional[float] = None
        if candidates:
            concept, score = candidates[0]
            concept_ids = (concept,)
            type_ = type_ or next(iter(kb.semantic_types(concept_ids)[concept]), "")
        mentions.append(
            replace(mention, type=type_, concept_ids=concept_ids, entity_id=None, score=score)
        )
    return linked.document.with_changes(mentions=mentions, relations=(), facts=())


def links_to_json(linked: LinkedDocument, kb: KnowledgeBase) -> Dict[str, Any]:
    """A JSON object with the id and the mentions of a document. Each mention has offsets, its text,
    its type if there is one, and candidates with id, name, score and semantic types."""
    found = {candidate.concept_id for candidates in linked.candidates for candidate in candidates}
    names, semantic_types = kb.preferred_names(found), kb.semantic_types(list(found))
    mentions = [
        {
            "start": mention.start,
            "end": mention.end,
            "text": linked.document.text_of(mention),
            **({"type": mention.type} if mention.type else {}),
            "candidates": [
                {
                    "id": candidate.concept_id,
                    "name": names[candidate.concept_id],
                    "score": round(candidate.score, 4),
                    "semantic_types": list(semantic_types[candidate.concept_id]),
                }
                for candidate in candidates
            ],
        }
        for mention, candidates in zip(linked.document.mentions, linked.candidates, strict=True)
    ]
    return {"id": linked.document.id, "mentions": mentions}


def _batches(documents: Iterable[Document]) -> Iterator[List[Document]]:
    remaining = iter(documents)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
