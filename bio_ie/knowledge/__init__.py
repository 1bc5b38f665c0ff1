"""Knowledge bases, candidates and concept vectors."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.knowledge import candidate_generators, concept_embeddings, sources
    from bio_ie.knowledge.knowledge_base import Concept, KnowledgeBase, UnknownConceptError
    from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
    from bio_ie.knowledge.knowledge_base_writer import KnowledgeBaseWriter, write_knowledge_base
    from bio_ie.knowledge.normalization import normalize_name
    from bio_ie.knowledge.subgraph import Node, Subgraph
else:
    __getattr__ = lazy_exports(__name__)
