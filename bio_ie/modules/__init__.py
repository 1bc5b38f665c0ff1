"""The parts that a config swaps, and tensor code that systems share."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules import (
        concept_embedders,
        graph_encoders,
        knowledge_fusions,
        pair_scorers,
        poolings,
        schedules,
        seq2seq_encoders,
        seq2vec_encoders,
        span_extractors,
        tagging,
        token_embedders,
    )
else:
    __getattr__ = lazy_exports(__name__)
