from bio_ie.knowledge.concept_embeddings.concept_vectors import (
    ConceptVectors,
    ConceptVectorsError,
    read_concept_vectors,
    write_concept_vectors,
)
from bio_ie.text.stable_key import stable_key

__all__ = [
    "ConceptVectors",
    "ConceptVectorsError",
    "stable_key",
    "read_concept_vectors",
    "write_concept_vectors",
]
