from bio_ie.modules.seq2seq_encoders.bran_transformer import BranTransformer
from bio_ie.modules.seq2seq_encoders.iterated_dilated_convolutions import (
    IteratedDilatedConvolutions,
)

__all__ = ["BranTransformer", "IteratedDilatedConvolutions"]
