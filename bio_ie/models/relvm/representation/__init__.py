"""RELVM's representations of relations."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.models.relvm.representation.gaussian import Gaussian, GaussianNetwork
    from bio_ie.models.relvm.representation.latent_decoder import LatentDecoder
    from bio_ie.models.relvm.representation.latent_noise import LatentNoise, content_keys
    from bio_ie.models.relvm.representation.relation_representation import RelationRepresentation
    from bio_ie.models.relvm.representation.vocabulary_softmax import VocabularySoftmax
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "Gaussian",
    "GaussianNetwork",
    "LatentDecoder",
    "LatentNoise",
    "RelationRepresentation",
    "VocabularySoftmax",
    "content_keys",
]
