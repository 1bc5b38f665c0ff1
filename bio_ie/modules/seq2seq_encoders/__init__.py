from bio_ie.modules.seq2seq_encoders.bran_transformer import BranTransformer
from bio_ie.modules.seq2seq_encoders.iterated_dilated_convolutions import (
    IteratedDilatedConvolutions,
)
from bio_ie.modules.seq2seq_encoders.packed_lstm import PackedLstmSeq2SeqEncoder

__all__ = ["BranTransformer", "IteratedDilatedConvolutions", "PackedLstmSeq2SeqEncoder"]
