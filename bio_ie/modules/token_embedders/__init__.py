from bio_ie.modules.token_embedders.pretrained_transformer_words_embedder import (
    PretrainedTransformerWordsEmbedder,
)
