from bio_ie.knowledge.concept_embeddings.concept_vectors import (
    ConceptVectors,
    ConceptVectorsError,
    concept_key,
    read_concept_vectors,
    write_concept_vectors,
)

__all__ = [
    "ConceptVectors",
    "ConceptVectorsError",
    "concept_key",
    "read_concept_vectors",
    "write_concept_vectors",
]
