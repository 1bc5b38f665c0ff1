import json
from typing import Any

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.modules import FeedForward
from allennlp.modules.span_extractors import SpanExtractor

from bio_ie.modules.span_extractors import EndpointAttentiveSpanExtractor
from tests.modules.comparison import assert_same_function

CONFIG = """{
    type: "endpoint_attentive",
    output_dim: 4,
    hidden_dims: [9],
    max_span_width: 3,
    width_embedding_dim: 2,
}"""


def build(**overrides: Any) -> EndpointAttentiveSpanExtractor:
    torch.manual_seed(0)
    config = json.loads(_jsonnet.evaluate_snippet("", CONFIG))
    extractor = SpanExtractor.from_params(Params({**config, "input_dim": 5, **overrides}))
    assert isinstance(extractor, EndpointAttentiveSpanExtractor)
    return extractor


def plain(extractor: EndpointAttentiveSpanExtractor, tokens: torch.Tensor, first: int, last: int):
    """The vector of one span, calculated from the concatenation."""
    inside = tokens[first : last + 1]
    weights = extractor.attention(inside).squeeze(1).softmax(0)
    attended = sum(weight * token for weight, token in zip(weights, inside, strict=True))
    width = min(last - first, extractor.width_embedding.num_embeddings - 1)
    phi = extractor.width_embedding.weight[width]
    joined = torch.cat([tokens[first], tokens[last], attended, phi])
    return extractor.further_layers(torch.relu(extractor.first_layer(joined)))


def all_spans(num_words: int, max_width: int):
    return [
        (first, last)
        for first in range(num_words)
        for last in range(first, min(num_words, first + max_width))
    ]


@pytest.mark.parametrize("hidden_dims", [[9], [9, 6]])
def test_factorised_form_is_the_concatenation_with_gradients(hidden_dims) -> None:
    extractor = build(hidden_dims=hidden_dims).double()
    tokens = torch.randn(2, 6, 5, dtype=torch.double, requires_grad=True)
    spans = all_spans(6, 4)  # the two largest widths share one width vector
    output = extractor(tokens, torch.tensor([spans, spans]))
    expected = torch.stack(
        [
            torch.stack([plain(extractor, row, first, last) for first, last in spans])
            for row in tokens
        ]
    )
    assert_same_function([output], [expected], [tokens, *extractor.parameters()])


def test_parameters_are_those_of_a_feedforward_over_the_concatenation() -> None:
    extractor = build(hidden_dims=[9, 6])
    network = FeedForward(3 * 5 + 2, 3, [9, 6, 4], torch.nn.ReLU())
    layers = [*extractor.first_layer.parameters(), *extractor.further_layers.parameters()]
    assert [layer.shape for layer in layers] == [layer.shape for layer in network.parameters()]


def test_padding_is_zero_whatever_its_indices() -> None:
    extractor = build().double()
    tokens = torch.randn(2, 6, 5, dtype=torch.double)
    spans = torch.tensor([[[0, 1], [2, 2]], [[3, 5], [-1, -1]]])
    mask = torch.tensor([[True, True], [True, False]])
    output = extractor(tokens, spans, span_indices_mask=mask)
    assert not output[1, 1].any()
    torch.testing.assert_close(output[1, 0], plain(extractor, tokens[1], 3, 5))


def test_a_batch_equals_its_parts() -> None:
    extractor = build().double()
    tokens = torch.randn(3, 6, 5, dtype=torch.double)
    spans = torch.tensor(all_spans(6, 3)).expand(3, -1, -1)
    whole = extractor(tokens, spans)
    for row in range(3):
        part = extractor(tokens[row : row + 1], spans[row : row + 1])
        torch.testing.assert_close(whole[row : row + 1], part)


@pytest.mark.parametrize("batch_size, num_spans", [(2, 0), (2, 3), (0, 0)])
def test_no_span_gives_zeros_and_zero_gradients(batch_size: int, num_spans: int) -> None:
    extractor = build()
    output = extractor(
        torch.randn(batch_size, 6, 5),
        torch.zeros(batch_size, num_spans, 2, dtype=torch.long),
        span_indices_mask=torch.zeros(batch_size, num_spans, dtype=torch.bool),
    )
    assert output.shape == (batch_size, num_spans, 4)
    assert not output.any()
    output.sum().backward()
    for parameter in extractor.parameters():
        assert parameter.grad is not None
        assert not parameter.grad.any()


def test_one_span_of_one_word() -> None:
    extractor = build().double()
    tokens = torch.randn(1, 1, 5, dtype=torch.double)
    output = extractor(tokens, torch.tensor([[[0, 0]]]))
    torch.testing.assert_close(output[0, 0], plain(extractor, tokens[0], 0, 0))


def test_half_precision_is_close_to_single() -> None:
    extractor = build()
    tokens, spans = torch.randn(2, 6, 5), torch.tensor(all_spans(6, 3)).expand(2, -1, -1)
    expected = extractor(tokens, spans)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = extractor(tokens, spans)
    torch.testing.assert_close(output.float(), expected, rtol=0.1, atol=0.1)
    output.float().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in extractor.parameters())


def test_dropout_acts_in_training_only() -> None:
    extractor = build(dropout=0.5)
    tokens, spans = torch.randn(2, 6, 5), torch.tensor(all_spans(6, 3)).expand(2, -1, -1)
    assert not torch.equal(extractor(tokens, spans), extractor(tokens, spans))
    extractor.eval()
    assert torch.equal(extractor(tokens, spans), extractor(tokens, spans))


def test_sizes_are_reported_and_a_missing_hidden_layer_is_refused() -> None:
    assert (build().get_input_dim(), build().get_output_dim()) == (5, 4)
    with pytest.raises(ConfigurationError, match="needs at least one hidden layer"):
        build(hidden_dims=[])
