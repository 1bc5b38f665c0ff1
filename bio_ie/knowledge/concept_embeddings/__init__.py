"""Vectors of concepts."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.knowledge.concept_embeddings.concept_vectors import (
        ARCHIVED_FOLDER,
        ConceptVectors,
        ConceptVectorsError,
        archived_vectors,
        read_concept_vectors,
        write_concept_vectors,
    )
    from bio_ie.text.stable_key import stable_key
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "ARCHIVED_FOLDER",
    "ConceptVectors",
    "ConceptVectorsError",
    "archived_vectors",
    "stable_key",
    "read_concept_vectors",
    "write_concept_vectors",
]
