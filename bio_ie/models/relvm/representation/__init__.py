from bio_ie.models.relvm.representation.gaussian import Gaussian, GaussianNetwork
from bio_ie.models.relvm.representation.latent_decoder import LatentDecoder
from bio_ie.models.relvm.representation.latent_noise import LatentNoise, content_keys
from bio_ie.models.relvm.representation.relation_representation import RelationRepresentation
from bio_ie.models.relvm.representation.vocabulary_softmax import VocabularySoftmax

__all__ = [
    "Gaussian",
    "GaussianNetwork",
    "LatentDecoder",
    "LatentNoise",
    "RelationRepresentation",
    "VocabularySoftmax",
    "content_keys",
]
