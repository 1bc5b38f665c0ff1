"""Indexers of words."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data.token_indexers.pretrained_transformer_words_indexer import (
        PretrainedTransformerWordsIndexer,
    )
else:
    __getattr__ = lazy_exports(__name__)
