from bio_ie.knowledge import candidate_generators, concept_embeddings, sources
from bio_ie.knowledge.knowledge_base import Concept, KnowledgeBase, UnknownConceptError
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.knowledge.knowledge_base_writer import KnowledgeBaseWriter, write_knowledge_base
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.subgraph import Node, Subgraph
