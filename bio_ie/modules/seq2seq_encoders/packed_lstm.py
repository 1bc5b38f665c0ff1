"""AllenNLP's `lstm`, faster to train on a CPU."""

from allennlp.modules import Seq2SeqEncoder
from allennlp.modules.seq2seq_encoders import PytorchSeq2SeqWrapper

from bio_ie.modules.packed_lstm import PackedLSTM


@Seq2SeqEncoder.register("packed_lstm")
class PackedLstmSeq2SeqEncoder(PytorchSeq2SeqWrapper):
    """AllenNLP's `lstm` on top of `PackedLSTM`, with the same weights and results.

    Registered as a `Seq2SeqEncoder` with name "packed_lstm".

    # Parameters

    input_size, hidden_size, num_layers, bias, dropout, bidirectional : optional
        As in `torch.nn.LSTM`.
    stateful : `bool`, optional (default = `False`)
        As in AllenNLP's `lstm`.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
        bidirectional: bool = False,
        stateful: bool = False,
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
        super().__init__(module, stateful)
