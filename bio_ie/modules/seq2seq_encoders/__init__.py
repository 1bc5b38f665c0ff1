from bio_ie.modules.seq2seq_encoders.bran_transformer import BranTransformer

__all__ = ["BranTransformer"]
