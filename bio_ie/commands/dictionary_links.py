"""What a knowledge base links the mentions of texts to, by its names."""

from dataclasses import replace
from itertools import islice
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple

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
    """A document, and the candidates of each of its mentions, the likeliest first."""

    document: Document
    candidates: List[List[Candidate]]


def find_mentions(
    documents: Iterable[Document], kb: KnowledgeBase, longest_only: bool = True
) -> Iterator[Document]:
    """The documents with the names of concepts for mentions, whose type is empty."""
    matcher = DictionaryMatcher(ExactCandidateGenerator(kb, k=1))
    for batch in _batches(documents):
        matches = matcher.match([document.text for document in batch], longest_only)
        for document, its_matches in zip(batch, matches, strict=True):
            mentions = tuple(
                Mention(f"T{number}", match.start, match.end, "")
                for number, match in enumerate(its_matches, 1)
            )
            yield document.without_annotations().with_changes(mentions=mentions)


def link(documents: Iterable[Document], generator: CandidateGenerator) -> Iterator[LinkedDocument]:
    """The candidates of all mentions of documents."""
    for batch in _batches(documents):
        found = generator.generate_for_documents(batch)
        for document, candidates in zip(batch, found, strict=True):
            yield LinkedDocument(document, [list(of_mention) for of_mention in candidates])


def of_types(linked: LinkedDocument, types: TypedDictionary, k: int) -> LinkedDocument:
    """At most `k` candidates a mention, all of the given types. A mention without a type has that
    of its first candidate; if it has none, it is left out."""
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
    """The document whose mentions have their first candidate for a concept, its score, and if they
    have no type, its first semantic type. There are no relations."""
    mentions = []
    for mention, candidates in zip(linked.document.mentions, linked.candidates, strict=True):
        linked_mention = replace(mention, concept_ids=(), entity_id=None, score=None)
        if candidates:
            best = candidates[0]
            semantic_types = kb.concept(best.concept_id).semantic_types
            linked_mention = replace(
                linked_mention,
                type=mention.type or next(iter(semantic_types), ""),
                concept_ids=(best.concept_id,),
                score=best.score,
            )
        mentions.append(linked_mention)
    return linked.document.with_changes(mentions=mentions, relations=(), facts=())


def links_to_json(linked: LinkedDocument, kb: KnowledgeBase) -> Dict[str, Any]:
    """A JSON object with the document's id and mentions; each mention has offsets, its text, its
    type if there is one, and candidates with id, name, score and semantic types."""
    mentions = [
        {
            "start": mention.start,
            "end": mention.end,
            "text": linked.document.text_of(mention),
            **({"type": mention.type} if mention.type else {}),
            "candidates": [_candidate_to_json(candidate, kb) for candidate in candidates],
        }
        for mention, candidates in zip(linked.document.mentions, linked.candidates, strict=True)
    ]
    return {"id": linked.document.id, "mentions": mentions}


def _candidate_to_json(candidate: Candidate, kb: KnowledgeBase) -> Dict[str, Any]:
    concept = kb.concept(candidate.concept_id)
    return {
        "id": concept.id,
        "name": concept.name,
        "score": round(candidate.score, 4),
        "semantic_types": list(concept.semantic_types),
    }


def _batches(documents: Iterable[Document]) -> Iterator[List[Document]]:
    remaining = iter(documents)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
