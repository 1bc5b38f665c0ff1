from bio_ie.modules.token_embedders.embedding_with_word_dropout import EmbeddingWithWordDropout
from bio_ie.modules.token_embedders.pretrained_transformer_words_embedder import (
    PretrainedTransformerWordsEmbedder,
)

__all__ = ["EmbeddingWithWordDropout", "PretrainedTransformerWordsEmbedder"]
