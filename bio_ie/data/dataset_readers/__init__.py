"""Readers that make instances of documents."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data.dataset_readers.dictionary_types import DictionaryTypesReader
    from bio_ie.data.dataset_readers.document_graph import DocumentGraphReader
    from bio_ie.data.dataset_readers.document_reader import DocumentReader
    from bio_ie.data.dataset_readers.entity_linking import EntityLinkingReader
    from bio_ie.data.dataset_readers.relation_context import RelationContextReader
    from bio_ie.data.dataset_readers.relation_pairs import RelationPairsReader
    from bio_ie.data.dataset_readers.sentence_reader import SentenceReader
    from bio_ie.data.dataset_readers.span_graph import SpanGraphReader
    from bio_ie.data.dataset_readers.tagged_relations import TaggedRelationsReader
else:
    __getattr__ = lazy_exports(__name__)
