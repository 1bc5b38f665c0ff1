from bio_ie.modules.seq2vec_encoders.packed_lstm import PackedLstmSeq2VecEncoder

__all__ = ["PackedLstmSeq2VecEncoder"]
