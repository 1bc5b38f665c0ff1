from typing import Optional, cast

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary
from allennlp.modules.token_embedders import Embedding, TokenEmbedder

PADDING = 0
"""The id of padding in every namespace that has an out-of-vocabulary word."""


@TokenEmbedder.register("embedding_with_word_dropout")
class EmbeddingWithWordDropout(TokenEmbedder):
    """
    AllenNLP's `Embedding` for words by ids (`single_id`), in training with two dropouts of SNERL
    (Bansal et al. 2020, supplementary): words are replaced by the out-of-vocabulary word at random
    (p_w), and the resulting vectors have dropout (p_i). Replacing words trains the vector of unseen
    words. Nothing else trains it where every word of the training data is in the vocabulary; with
    the vocabulary's `min_count`, rare words do.

    Only this embedder replaces ids: an embedder of the same words' characters still sees the whole
    words.

    Registered as a `TokenEmbedder` with name "embedding_with_word_dropout".

    # Parameters

    vocab : `Vocabulary`
        Given by the model.
    embedding : `Embedding`
        Its `vocab_namespace` must be that of the indexer, and have an out-of-vocabulary word.
    word_dropout : `float`, optional (default = `0.0`)
        The probability to replace a word, p_w. Padding is never replaced.
    dropout : `float`, optional (default = `0.0`)
        The probability to drop an element of a vector, p_i.
    initial_std : `float`, optional (default = `None`)
        Vectors start from a normal distribution with this standard deviation. By default they start
        as AllenNLP's do, which are smaller for larger vocabularies (0.01 at 20,000 words).
        `bran_transformer` learns sooner from vectors of size 1: it normalises the output of
        attention, and vanishing vectors do not survive that.
    """

    def __init__(
        self,
        vocab: Vocabulary,
        embedding: Embedding,
        word_dropout: float = 0.0,
        dropout: float = 0.0,
        initial_std: Optional[float] = None,
    ) -> None:
        super().__init__()
        if not 0 <= word_dropout <= 1:
            raise ConfigurationError(f"word_dropout {word_dropout} is not a probability")
        namespace = cast(Optional[str], embedding._vocab_namespace)
        if namespace is None:
            raise ConfigurationError(
                "the embedding has num_embeddings, so its namespace is not known: leave "
                "num_embeddings out"
            )
        ids = vocab.get_token_to_index_vocabulary(namespace)
        if vocab._oov_token not in ids:
            raise ConfigurationError(
                f"namespace {namespace!r} has no out-of-vocabulary word to replace others by"
            )
        if initial_std is not None:
            if embedding._pretrained_file is not None:
                raise ConfigurationError("initial_std would overwrite the vectors of a file")
            torch.nn.init.normal_(embedding.weight, std=initial_std)
            if embedding.padding_index is not None:
                embedding.weight.data[embedding.padding_index] = 0.0
        self.embedding = embedding
        self.word_dropout = word_dropout
        self.dropout = torch.nn.Dropout(dropout)
        self._unknown = ids[vocab._oov_token]

    def get_output_dim(self) -> int:
        return self.embedding.get_output_dim()

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """
        # Parameters

        tokens : `torch.Tensor`
            `[B, N]`, ids; 0 for padding.

        # Returns

        `torch.Tensor`
            `[B, N, output_dim]`.
        """
        if self.training and self.word_dropout:
            replaced = torch.rand(tokens.shape, device=tokens.device) < self.word_dropout
            tokens = tokens.masked_fill(replaced & (tokens != PADDING), self._unknown)
        return self.dropout(self.embedding(tokens))
