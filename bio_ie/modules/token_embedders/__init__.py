"""Embedders of words."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.token_embedders.embedding_with_word_dropout import EmbeddingWithWordDropout
    from bio_ie.modules.token_embedders.pretrained_transformer_words_embedder import (
        PretrainedTransformerWordsEmbedder,
    )
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["EmbeddingWithWordDropout", "PretrainedTransformerWordsEmbedder"]
