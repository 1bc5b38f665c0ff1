from typing import Tuple

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2SeqEncoder

from bio_ie.modules.seq2seq_encoders.masked_convolution import MaskedConvolution


@Seq2SeqEncoder.register("iterated_dilated_convolutions")
class IteratedDilatedConvolutions(Seq2SeqEncoder):
    """
    Iterated dilated convolutions (Strubell et al. 2017, section 4): a convolution of the words'
    vectors, then one block of dilated convolutions that is applied several times with the same
    parameters.

        i = ReLU(Conv(x))
        B(c) = ReLU(Conv_1(ReLU(Conv_dilations[-1](... ReLU(Conv_dilations[0](c)) ...))))
        h = B(... B(i) ...)

    The last convolution of a block has dilation 1. Dilations that grow exponentially give words a
    wide context with few parameters: a word's output depends on
    `(width - 1) / 2 * (1 + iterations * (sum(dilations) + 1))` neighbours on either side. Padding
    counts as zeros in every convolution, so what comes out for a text does not depend on the other
    texts of the batch.

    The convolutions of the block start as the identity, as in the released code, since a signal
    would not survive so many random convolutions. Two parts of the released code are left out,
    because an encoder cannot have them: a separate loss for every iteration, and a penalty on the
    changes that dropout makes.

    Registered as a `Seq2SeqEncoder` with name "iterated_dilated_convolutions".

    # Parameters

    input_dim : `int`
        The size of a word's vector.
    hidden_dim : `int`
        The number of filters of each convolution, the size of the output.
    iterations : `int`
        How often the block is applied.
    dilations : `Tuple[int, ...]`, optional (default = `(1, 2, 4)`)
        The dilations of a block's convolutions, without the last one, which is 1.
    width : `int`, optional (default = `3`)
        The width of all filters, in words; odd.
    dropout : `float`, optional (default = `0.0`)
        The dropout after each iteration.
    """

    def __init__(
        self,
        input_dim: int,
        hidden_dim: int,
        iterations: int,
        dilations: Tuple[int, ...] = (1, 2, 4),
        width: int = 3,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if iterations < 1:
            raise ConfigurationError(
                f"iterations of iterated_dilated_convolutions must be at least 1, got {iterations}"
            )
        self._input_dim = input_dim
        self._output_dim = hidden_dim
        self.iterations = iterations
        self.input_convolution = MaskedConvolution(input_dim, hidden_dim, width)
        layers = [
            MaskedConvolution(hidden_dim, hidden_dim, width, dilation)
            for dilation in (*dilations, 1)
        ]
        for layer in layers:
            layer.start_as_identity()
        self.block = torch.nn.ModuleList(layers)
        self.dropout = torch.nn.Dropout(dropout)

    def get_input_dim(self) -> int:
        return self._input_dim

    def get_output_dim(self) -> int:
        return self._output_dim

    def is_bidirectional(self) -> bool:
        return False

    def forward(self, inputs: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """
        # Parameters

        inputs : `torch.Tensor`
            `[B, N, input_dim]`; padding may be anything.
        mask : `torch.Tensor`
            `[B, N]`, bool. A row may be all padding.

        # Returns

        `torch.Tensor`
            `[B, N, hidden_dim]`, zero for padding.
        """
        tokens = torch.relu(self.input_convolution(inputs, mask))
        for _ in range(self.iterations):
            for layer in self.block:
                tokens = torch.relu(layer(tokens, mask))
            tokens = self.dropout(tokens)
        return tokens.masked_fill(~mask.unsqueeze(2), 0.0)
