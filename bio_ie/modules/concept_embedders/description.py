from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.concept_embeddings import ConceptVectors
from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder
from bio_ie.modules.concept_embedders.pretrained import PretrainedConceptEmbedder


@ConceptEmbedder.register("description")
class DescriptionConceptEmbedder(PretrainedConceptEmbedder):
    """
    Vectors of the concepts' definitions, from a file whose kind is "description". Everything else
    is as in `pretrained`.

    Registered as a `ConceptEmbedder` with name "description".

    # Parameters

    vectors, trainable, concept_dropout, serialization_dir
        See `PretrainedConceptEmbedder`.
    """

    def read(self, path: str) -> ConceptVectors:
        content = super().read(path)
        if content.kind != "description":
            raise ConfigurationError(
                f"{path} has vectors of kind {content.kind!r}, not 'description': use the concept "
                "embedder 'pretrained' for them"
            )
        return content
