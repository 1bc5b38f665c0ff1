"""Encoders of sequences to sequences."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.seq2seq_encoders.bran_transformer import BranTransformer
    from bio_ie.modules.seq2seq_encoders.iterated_dilated_convolutions import (
        IteratedDilatedConvolutions,
    )
    from bio_ie.modules.seq2seq_encoders.packed_lstm import PackedLstmSeq2SeqEncoder
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["BranTransformer", "IteratedDilatedConvolutions", "PackedLstmSeq2SeqEncoder"]
