from typing import List, NamedTuple, Optional, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules.span_extractors import SpanExtractor
from torch.nn import functional

from bio_ie.modules.ffnn import ffnn
from bio_ie.modules.precision import WideProducts
from bio_ie.modules.span_attention import span_tokens

_BLOCK_SIZE = 2048


class TokenRows(NamedTuple):
    """Vectors of tokens (`T`) and widths whose weighted sums are hidden vectors of spans."""

    rows: torch.Tensor
    """`[3 T + widths, hidden]`: `W1 x`, `W2 x`, `W3 x` of all tokens, then `W4 phi + b`."""
    scores: torch.Tensor
    """`[T]`, the attention scores of the tokens."""


@SpanExtractor.register("endpoint_attentive")
class EndpointAttentiveSpanExtractor(WideProducts, SpanExtractor):
    """
    `s_i = FFNN_g([x_start; x_end; x^_i; phi(s_i)])` (equation 1 of Lai et al. 2021): the first and
    the last token of a span, the sum of its tokens weighted by attention (Lee et al. 2017: a linear
    score per token, a softmax within the span) and a vector of its width, through a feedforward
    network with ReLU in between.

    The first layer of the network is factorised: its four parts are applied to tokens and widths,
    and a span's hidden vector is a weighted sum of a few of the resulting rows. Function and
    parameters are those of a linear layer, `first_layer`, over the concatenation in the order
    above. No vector per span and token is built, and padded spans get theirs only after the
    network.

    Registered as a `SpanExtractor` with name "endpoint_attentive".

    # Parameters

    input_dim : `int`
        The size of a token vector; given by the model.
    output_dim : `int`
        The size of a span vector, d.
    hidden_dims : `List[int]`
        The hidden layers of FFNN_g; at least one.
    max_span_width : `int`
        The number of width vectors; wider spans share the last one.
    width_embedding_dim : `int`
    dropout : `float`, optional (default = `0.0`)
        The dropout after each hidden layer.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        hidden_dims: List[int],
        max_span_width: int,
        width_embedding_dim: int,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if not hidden_dims:
            raise ConfigurationError("endpoint_attentive needs at least one hidden layer")
        self.part_dims = [input_dim, input_dim, input_dim, width_embedding_dim]
        self.output_dim = output_dim
        self.attention = torch.nn.Linear(input_dim, 1)
        self.width_embedding = torch.nn.Embedding(max_span_width, width_embedding_dim)  # phi
        self.first_layer = torch.nn.Linear(sum(self.part_dims), hidden_dims[0])
        self.dropout = torch.nn.Dropout(dropout)
        self.further_layers = ffnn(hidden_dims[0], hidden_dims[1:], output_dim, dropout)

    def get_input_dim(self) -> int:
        return self.part_dims[0]

    def get_output_dim(self) -> int:
        return self.output_dim

    def forward(
        self,
        sequence_tensor: torch.Tensor,
        span_indices: torch.Tensor,
        sequence_mask: Optional[torch.Tensor] = None,
        span_indices_mask: Optional[torch.Tensor] = None,
    ) -> torch.Tensor:
        """
        # Parameters

        sequence_tensor : `torch.Tensor`
            Shape `[B, W, input_dim]`.
        span_indices : `torch.Tensor`
            Shape `[B, S, 2]`, int64: the first and the last token of each span.
        sequence_mask : `torch.Tensor`, optional
            Not needed, since spans lie within the sequence.
        span_indices_mask : `torch.Tensor`, optional
            Shape `[B, S]`, bool, false for padding, whose indices may be anything.

        # Returns

        `torch.Tensor`
            Shape `[B, S, output_dim]`, zero for padding.
        """
        batch_size, num_words, _ = sequence_tensor.shape
        tokens = sequence_tensor.flatten(0, 1)
        row_starts = num_words * torch.arange(batch_size, device=tokens.device).view(-1, 1, 1)
        ends = span_indices + row_starts  # [B, S, 2] in all B * W tokens
        if span_indices_mask is None:
            first, last = ends.flatten(0, 1).unbind(1)
            return self.embed_spans(tokens, first, last).view(
                *span_indices.shape[:2], self.output_dim
            )
        first, last = ends[span_indices_mask].unbind(1)
        vectors = self.embed_spans(tokens, first, last)
        padded = vectors.new_zeros(*span_indices_mask.shape, self.output_dim)
        return padded.index_put((span_indices_mask,), vectors)

    def embed_spans(
        self, tokens: torch.Tensor, first: torch.Tensor, last: torch.Tensor
    ) -> torch.Tensor:
        """The vectors `[N, output_dim]` of spans of `tokens` `[T, input_dim]` from `first` to
        `last` `[N]`, without padding."""
        return self.further_layers(self.hidden(tokens, first, last))

    def hidden(self, tokens: torch.Tensor, first: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        """The vectors `[N, hidden]` of the same spans after the first hidden layer of FFNN_g.
        `further_layers` are the rest of it."""
        return self.hidden_of_rows(self.token_rows(tokens), first, last)

    def first_hidden(
        self, tokens: torch.Tensor, first: torch.Tensor, last: torch.Tensor
    ) -> torch.Tensor:
        """`W [x_start; x_end; x^; phi] + b`, `[N, hidden]`, as a sum of rows of
        `[W1 x; W2 x; W3 x; W4 phi + b]`."""
        return self._sums(self.token_rows(tokens), first, last)

    def token_rows(self, tokens: torch.Tensor) -> TokenRows:
        """What the first hidden layer needs of `tokens` `[T, input_dim]`, whatever the spans."""
        start, end, inside, width = self.first_layer.weight.split(self.part_dims, dim=1)
        rows = torch.cat(
            [
                *(self.wide_product(tokens, part) for part in (start, end, inside)),
                functional.linear(self.width_embedding.weight, width, self.first_layer.bias),
            ]
        )
        return TokenRows(rows, self.attention(tokens).squeeze(1))

    def hidden_of_rows(
        self, rows: TokenRows, first: torch.Tensor, last: torch.Tensor
    ) -> torch.Tensor:
        """As `hidden`, for spans of the tokens with these `rows`."""
        return self.dropout(torch.relu_(self._sums(rows, first, last)))

    def linear_of_hidden(
        self,
        tokens: torch.Tensor,
        first: torch.Tensor,
        last: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor,
    ) -> Tuple[torch.Tensor, TokenRows]:
        """A linear layer over `hidden`, `[N, columns]`, for prediction. The hidden vectors of a
        block of spans stay in the cache of a processor, and those of all spans are never held. The
        rows are for `hidden_of_rows`."""
        rows = self.token_rows(tokens)
        blocks = zip(first.split(_BLOCK_SIZE), last.split(_BLOCK_SIZE), strict=True)
        output = [
            functional.linear(self.hidden_of_rows(rows, *block), weight, bias) for block in blocks
        ]
        return torch.cat(output), rows

    def _sums(self, token_rows: TokenRows, first: torch.Tensor, last: torch.Tensor) -> torch.Tensor:
        rows, scores = token_rows
        members = span_tokens(scores, first, last - first + 1)
        num_tokens = len(scores)
        bucket = (last - first).clamp(max=self.width_embedding.num_embeddings - 1)
        # Each span has three rows of weight 1, then its tokens.
        num_rows = last - first + 4
        offsets = num_rows.cumsum(0) - num_rows
        items = len(members.span)
        index = first.new_empty(3 * len(first) + items)
        weight = members.weight.new_ones(len(index))
        fixed = (first, num_tokens + last, 3 * num_tokens + bucket)
        for place, rows_of_spans in enumerate(fixed):
            index[offsets + place] = rows_of_spans
        place_of_token = torch.arange(items, device=index.device) + 3 * (members.span + 1)
        index[place_of_token] = 2 * num_tokens + members.token
        weight = weight.index_copy(0, place_of_token, members.weight)
        return functional.embedding_bag(
            index,
            rows,
            offsets=offsets,
            mode="sum",
            per_sample_weights=weight.to(rows.dtype),
        )
