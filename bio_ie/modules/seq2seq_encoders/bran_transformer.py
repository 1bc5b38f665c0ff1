from typing import Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2SeqEncoder
from torch.nn import functional

from bio_ie.modules.seq2seq_encoders.masked_convolution import MaskedConvolution


@Seq2SeqEncoder.register("bran_transformer")
class BranTransformer(Seq2SeqEncoder):
    """
    The text encoder of SNERL (Bansal et al. 2020, supplementary) and of BRAN (Verga et al. 2018): a
    transformer whose feedforward networks are convolutions.

    A learned position vector is added to each word, `s_i = x_i + p_i`. B blocks follow, each with
    its own parameters and one residual (equation 6):

        b_i^k = b_i^(k-1) + transformer_k(b_i^(k-1)),  b^0 = s
        transformer_k = Conv_1(ReLU(Conv_5(ReLU(Conv_1(LayerNorm(MultiHead(b^(k-1))))))))

    The output is b^B, with zeros for padding. What comes out for a text does not depend on the
    other texts of the batch.

    The paper leaves some details open, which are settled as follows. The heads' outputs are
    concatenated, as the paper says, and no further matrix is applied to them. Queries, keys and
    values have no biases, as in Vaswani et al. (2017). The convolutions have widths 1, 5 and 1 and
    sizes 4d, 4d and d, as in BRAN, with ReLU after the first two. The layer norm is inside the
    residual, so nothing normalises the sum b.

    Attention weights have dropout (p_t). The encoder does not apply dropout to its input words
    (p_i): `embedding_with_word_dropout` does, and a model may.

    Registered as a `Seq2SeqEncoder` with name "bran_transformer".

    # Parameters

    input_dim : `int`
        The size of a word's vector.
    num_blocks : `int`
        B, the number of blocks.
    num_heads : `int`
        Heads of attention, a divisor of d.
    hidden_dim : `int`, optional (default = `None`)
        d, the size of the output. By default it is the size of the input; if it differs, a linear
        layer is applied to the input first.
    attention_dropout : `float`, optional (default = `0.0`)
        The probability to drop an attention weight, p_t.
    max_length : `int`, optional (default = `1024`)
        The number of position vectors. Longer texts are not cut: all further words share the last
        position vector. Attention then tells these words apart by their own vectors only, while the
        convolutions still see their order.
    """

    def __init__(
        self,
        input_dim: int,
        num_blocks: int,
        num_heads: int,
        hidden_dim: Optional[int] = None,
        attention_dropout: float = 0.0,
        max_length: int = 1024,
    ) -> None:
        super().__init__()
        dim = input_dim if hidden_dim is None else hidden_dim
        if num_blocks < 1:
            raise ConfigurationError(
                f"num_blocks of bran_transformer must be at least 1, got {num_blocks}"
            )
        if max_length < 1:
            raise ConfigurationError(
                f"max_length of bran_transformer must be at least 1, got {max_length}"
            )
        self._input_dim = input_dim
        self._output_dim = dim
        self.projection = torch.nn.Linear(input_dim, dim) if dim != input_dim else None
        self.positions = torch.nn.Embedding(max_length, dim)  # p
        torch.nn.init.normal_(self.positions.weight, std=0.02)
        self.blocks = torch.nn.ModuleList(
            [BranTransformerBlock(dim, num_heads, attention_dropout) for _ in range(num_blocks)]
        )

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
        padding = ~mask.unsqueeze(2)
        # Attention multiplies padding by 0, which would not remove NaN.
        tokens = inputs.masked_fill(padding, 0.0)
        if self.projection is not None:
            tokens = self.projection(tokens)
        place = torch.arange(tokens.size(1), device=tokens.device)
        tokens = tokens + self.positions(place.clamp(max=self.positions.num_embeddings - 1))
        for block in self.blocks:
            tokens = tokens + block(tokens, mask)  # eq. 6
        return tokens.masked_fill(padding, 0.0)


class BranTransformerBlock(torch.nn.Module):
    """`transformer_k` of `BranTransformer`, without the residual around it.

    # Parameters

    dim : `int`
        d, the size of input and output.
    num_heads : `int`
    attention_dropout : `float`, optional (default = `0.0`)
    """

    def __init__(self, dim: int, num_heads: int, attention_dropout: float = 0.0) -> None:
        super().__init__()
        if num_heads < 1 or dim % num_heads:
            raise ConfigurationError(f"num_heads {num_heads} must be a divisor of the size {dim}")
        if not 0 <= attention_dropout < 1:
            raise ConfigurationError(f"attention_dropout {attention_dropout} is not in [0, 1)")
        self.num_heads = num_heads
        self.head_dim = dim // num_heads
        self.attention_dropout = attention_dropout
        self.query_key_value = torch.nn.Linear(dim, 3 * dim, bias=False)
        self.layer_norm = torch.nn.LayerNorm(dim)
        self.convolutions = torch.nn.ModuleList(
            [
                MaskedConvolution(dim, 4 * dim, width=1),
                MaskedConvolution(4 * dim, 4 * dim, width=5),
                MaskedConvolution(4 * dim, dim, width=1),
            ]
        )

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """`[B, N, d]` for tokens `[B, N, d]` and their mask `[B, N]`; padding gets values too."""
        tokens = self.layer_norm(self.attend(tokens, mask))
        first, middle, last = self.convolutions
        tokens = torch.relu(first(tokens, mask))
        tokens = torch.relu(middle(tokens, mask))
        return last(tokens, mask)

    def attend(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The heads' outputs o, concatenated: `[B, N, d]`."""
        heads = self.query_key_value(tokens).unflatten(2, (3, self.num_heads, self.head_dim))
        query, key, value = heads.permute(2, 0, 3, 1, 4)  # [B, heads, N, d / heads] each
        # A row that is all padding attends to its padding: a softmax over nothing would be NaN.
        attended_to = mask | ~mask.any(dim=1, keepdim=True)
        output = functional.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=attended_to[:, None, None, :],
            dropout_p=self.attention_dropout if self.training else 0.0,
        )
        return output.transpose(1, 2).flatten(2)
