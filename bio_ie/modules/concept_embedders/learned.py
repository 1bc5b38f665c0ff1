import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary

from bio_ie.modules.concept_embedders.concept_embedder import ConceptEmbedder
from bio_ie.modules.concept_embedders.concept_lookup import ConceptLookup
from bio_ie.text.stable_key import stable_key


@ConceptEmbedder.register("learned")
class LearnedConceptEmbedder(ConceptLookup):
    """
    A trained vector for each concept that training saw, that is, for each concept in the
    vocabulary.

    The vectors start from a normal distribution with standard deviation 0.02. They are part of the
    archive.

    Registered as a `ConceptEmbedder` with name "learned".

    # Parameters

    vocab : `Vocabulary`
    embedding_dim : `int`
    namespace : `str`, optional (default = `"concept_labels"`)
        The vocabulary's namespace of concept ids.
    concept_dropout : `float`, optional (default = `0.0`)
        See `ConceptLookup`.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        embedding_dim: int,
        namespace: str = "concept_labels",
        concept_dropout: float = 0.0,
    ) -> None:
        ids = vocab.get_index_to_token_vocabulary(namespace)
        if not ids:
            raise ConfigurationError(
                f"there are no concepts in the namespace {namespace!r} to learn vectors for"
            )
        keys, rows = torch.sort(torch.tensor([stable_key(ids[row]) for row in range(len(ids))]))
        super().__init__(keys, embedding_dim, concept_dropout)
        self._fixed["rows"] = rows
        self.vectors = torch.nn.Parameter(torch.empty(len(ids), embedding_dim))
        torch.nn.init.normal_(self.vectors, std=0.02)

    def vectors_at(self, places: torch.Tensor) -> torch.Tensor:
        return self.vectors.index_select(0, self._fixed["rows"][places])
