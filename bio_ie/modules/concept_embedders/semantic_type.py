import torch
from allennlp.data import Vocabulary

from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder
from bio_ie.modules.segments import segment_mean


@ConceptEmbedder.register("semantic_type")
class SemanticTypeConceptEmbedder(ConceptEmbedder):
    """
    The mean of the trained vectors of a concept's semantic types; zeros for a concept without any.

    The vectors start from a normal distribution with standard deviation 0.02.

    Registered as a `ConceptEmbedder` with name "semantic_type".

    # Parameters

    vocab : `Vocabulary`
    embedding_dim : `int`
    namespace : `str`, optional (default = `"semantic_types"`)
        The vocabulary's namespace of types. A type that training did not see has the namespace's
        vector for unknown tokens.
    """

    def __init__(
        self, vocab: Vocabulary, embedding_dim: int, namespace: str = "semantic_types"
    ) -> None:
        super().__init__(embedding_dim)
        self.vectors = torch.nn.Parameter(
            torch.empty(vocab.get_vocab_size(namespace), embedding_dim)
        )
        torch.nn.init.normal_(self.vectors, std=0.02)

    def forward(self, keys: torch.Tensor, semantic_types: torch.Tensor) -> torch.Tensor:
        concept, type_ = semantic_types.unbind(1)
        vectors = self.vectors.index_select(0, type_)
        return segment_mean(vectors, concept, len(keys))
