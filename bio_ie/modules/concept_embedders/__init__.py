"""Embedders of concepts."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.concept_embedders.concatenated import ConcatenatedConceptEmbedder
    from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder
    from bio_ie.modules.concept_embedders.concept_lookup import ConceptLookup
    from bio_ie.modules.concept_embedders.description import DescriptionConceptEmbedder
    from bio_ie.modules.concept_embedders.learned import LearnedConceptEmbedder
    from bio_ie.modules.concept_embedders.pretrained import PretrainedConceptEmbedder
    from bio_ie.modules.concept_embedders.semantic_type import SemanticTypeConceptEmbedder
    from bio_ie.modules.concept_embedders.sum import SumConceptEmbedder
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "ConcatenatedConceptEmbedder",
    "ConceptEmbedder",
    "ConceptLookup",
    "DescriptionConceptEmbedder",
    "LearnedConceptEmbedder",
    "PretrainedConceptEmbedder",
    "SemanticTypeConceptEmbedder",
    "SumConceptEmbedder",
]
