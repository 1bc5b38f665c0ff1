"""Corpora, dataset readers, fields and indexers."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data import corpora, dataset_readers, fields, pairs, samplers, token_indexers
else:
    __getattr__ = lazy_exports(__name__)
