"""Finds the mentions of a document that are linked to a concept, however its id is written."""

import re
from collections import defaultdict
from functools import lru_cache
from typing import Dict, Iterator, List, Optional, Set

from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document, Mention

GENE_PREFIX = "NCBIGene"

_MESH = re.compile(r"[CD]\d{6}(\d{3})?")
"""An id of MeSH without its prefix. It cannot be a CUI of UMLS, which has seven digits."""

_TAXON = re.compile(r"\(Tax:\d+\)$")
"""The species that PubTator writes after the number of a gene."""


@lru_cache(1 << 16)
def vocabulary_id(concept_id: str, mention_type: str = "") -> str:
    """Adds the prefix of its vocabulary to an id, if the form of the id or the type of its mention
    shows which vocabulary it belongs to.

    D012640, MeSH:D012640                       -> MESH:D012640
    35225(Tax:7227), of a mention of a gene     -> NCBIGene:35225
    """
    concept_id = normalize_id(concept_id)
    if _MESH.fullmatch(concept_id):
        return f"MESH:{concept_id}"
    number = _TAXON.sub("", concept_id)
    if number.isdigit() and re.search("gene|protein", mention_type, re.IGNORECASE):
        return f"{GENE_PREFIX}:{number}"
    return concept_id


class ConceptLinks:
    """Finds the mentions of a document that are linked to a concept.

    The ids of concepts are compared with or without the prefix of their vocabulary. With a
    knowledge base, a concept is found by any of the ids that the knowledge base has for it.

    # Parameters

    document : `Document`
    kb : `KnowledgeBase`, optional (default = `None`)
    """

    def __init__(self, document: Document, kb: Optional[KnowledgeBase] = None) -> None:
        self._document = document
        self._kb = kb
        self._ids: Dict[str, str] = {}
        """For each id as it is written, the id with its prefix."""
        self._mentions: Dict[str, List[Mention]] = defaultdict(list)
        for mention in document.mentions:
            for concept_id in mention.concept_ids:
                self._ids.setdefault(concept_id, vocabulary_id(concept_id, mention.type))
            for key in {key for id in mention.concept_ids for key in self.keys(id)}:
                self._mentions[key].append(mention)
        self._written = {id: written for written, id in reversed(self._ids.items())}

    def __contains__(self, concept_id: str) -> bool:
        return any(key in self._mentions for key in self.keys(concept_id))

    def mentions(self, concept_id: str) -> List[Mention]:
        """The mentions that are linked to a concept, in the document's order."""
        found = {
            mention.id for key in self.keys(concept_id) for mention in self._mentions.get(key, ())
        }
        return [mention for mention in self._document.mentions if mention.id in found]

    def written(self, concept_id: str) -> str:
        """A concept id as the mentions write it. An id that no mention has is not changed."""
        return self._written.get(concept_id, concept_id)

    def keys(self, concept_id: str) -> Set[str]:
        """The ids that a candidate with this concept may have."""
        return set(self._keys(concept_id))

    def _keys(self, concept_id: str) -> Iterator[str]:
        yield concept_id
        prefixed = self._ids.get(concept_id) or vocabulary_id(concept_id)
        yield prefixed
        # A bare number is ambiguous: it may be the id of a gene, a species or a disease.
        if self._kb is not None and not prefixed.isdigit():
            known = self._kb.resolve(prefixed)
            if known is not None:
                yield known
