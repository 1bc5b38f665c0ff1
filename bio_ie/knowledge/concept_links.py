"""The concepts that the mentions of a document are linked to, however their ids are written."""

import re
from collections import defaultdict
from functools import lru_cache
from typing import Dict, Iterator, List, Optional, Set

from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document, Mention

GENE_PREFIX = "NCBIGene"

_MESH = re.compile(r"[CD]\d{6}(\d{3})?")
"""A CUI of the UMLS has seven digits."""

_TAXON = re.compile(r"\(Tax:\d+\)$")
"""PubTator has it behind the gene's number."""


@lru_cache(1 << 16)
def vocabulary_id(concept_id: str, mention_type: str = "") -> str:
    """The id with the prefix of its vocabulary, if that can be told from its form or from the type
    of mention that has it:

    D012640, MeSH:D012640               -> MESH:D012640
    35225(Tax:7227), of a gene          -> NCBIGene:35225
    """
    concept_id = normalize_id(concept_id)
    if _MESH.fullmatch(concept_id):
        return f"MESH:{concept_id}"
    number = _TAXON.sub("", concept_id)
    if number.isdigit() and re.search("gene|protein", mention_type, re.IGNORECASE):
        return f"{GENE_PREFIX}:{number}"
    return concept_id


class ConceptLinks:
    """Finds concepts among the `concept_ids` of a document's mentions, with or without the prefix
    of their vocabulary, and by any id that a knowledge base has for them, if one is given.

    # Parameters

    document : `Document`
    kb : `KnowledgeBase`, optional (default = `None`)
    """

    def __init__(self, document: Document, kb: Optional[KnowledgeBase] = None) -> None:
        self._document = document
        self._kb = kb
        self._ids: Dict[str, str] = {}
        """From an id as it is written to one with its prefix."""
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
        """Those that are linked to a concept, in the document's order."""
        found = {
            mention.id for key in self.keys(concept_id) for mention in self._mentions.get(key, ())
        }
        return [mention for mention in self._document.mentions if mention.id in found]

    def written(self, concept_id: str) -> str:
        """An id as the mentions write it, or as it is if they do not have it."""
        return self._written.get(concept_id, concept_id)

    def keys(self, concept_id: str) -> Set[str]:
        """The ids by which candidates may have a concept."""
        return set(self._keys(concept_id))

    def _keys(self, concept_id: str) -> Iterator[str]:
        yield concept_id
        prefixed = self._ids.get(concept_id) or vocabulary_id(concept_id)
        yield prefixed
        # A bare number may be that of a gene, a species or a disease.
        if self._kb is not None and not prefixed.isdigit():
            known = self._kb.resolve(prefixed)
            if known is not None:
                yield known
