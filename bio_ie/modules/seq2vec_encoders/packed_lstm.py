"""AllenNLP's `lstm`, faster to train on a CPU."""

from allennlp.modules import Seq2VecEncoder
from allennlp.modules.seq2vec_encoders import PytorchSeq2VecWrapper

from bio_ie.modules.packed_lstm import PackedLSTM


@Seq2VecEncoder.register("packed_lstm")
class PackedLstmSeq2VecEncoder(PytorchSeq2VecWrapper):
    """AllenNLP's `lstm` on top of `PackedLSTM`, with the same weights and results. It gives the
    final state of the last layer.

    Registered as a `Seq2VecEncoder` with name "packed_lstm".

    # Parameters

    input_size, hidden_size, num_layers, bias, dropout, bidirectional : optional
        As in `torch.nn.LSTM`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
    ) -> None:
        module = PackedLSTM(
            input_size,
            hidden_size,
            num_layers=num_layers,
            bias=bias,
            batch_first=True,
            dropout=dropout,
            bidirectional=bidirectional,
        )
        super().__init__(module)
