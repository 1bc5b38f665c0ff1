from bio_ie.data.token_indexers.pretrained_transformer_words_indexer import (
    PretrainedTransformerWordsIndexer,
)
