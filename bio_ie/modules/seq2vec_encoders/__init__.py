"""Encoders of sequences to vectors."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.seq2vec_encoders.packed_lstm import PackedLstmSeq2VecEncoder
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["PackedLstmSeq2VecEncoder"]
