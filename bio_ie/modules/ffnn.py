"""The feedforward networks that the papers write FFNN, which end in a linear layer."""

from typing import List

from allennlp.modules import FeedForward
from allennlp.nn import Activation


def ffnn(
    input_dim: int, hidden_dims: List[int], output_dim: int, dropout: float = 0.0
) -> FeedForward:
    """Hidden layers with ReLU and dropout behind each, then a linear layer without either; only
    that one if `hidden_dims` is empty."""
    relu, linear = Activation.by_name("relu"), Activation.by_name("linear")
    return FeedForward(
        input_dim=input_dim,
        num_layers=len(hidden_dims) + 1,
        hidden_dims=[*hidden_dims, output_dim],
        activations=[relu() for _ in hidden_dims] + [linear()],
        dropout=[dropout] * len(hidden_dims) + [0.0],
    )
