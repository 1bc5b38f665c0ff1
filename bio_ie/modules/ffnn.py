"""The feedforward networks that the papers call FFNN. They end in a linear layer."""

from typing import List, Optional, Tuple

import torch
from allennlp.modules import FeedForward
from allennlp.nn import Activation


def ffnn(
    input_dim: int, hidden_dims: List[int], output_dim: int, dropout: float = 0.0
) -> FeedForward:
    """Hidden layers, each followed by ReLU and dropout, then a linear layer without either. If
    `hidden_dims` is empty, there is only the linear layer."""
    relu, linear = Activation.by_name("relu"), Activation.by_name("linear")
    return FeedForward(
        input_dim=input_dim,
        num_layers=len(hidden_dims) + 1,
        hidden_dims=[*hidden_dims, output_dim],
        activations=[relu() for _ in hidden_dims] + [linear()],
        dropout=[dropout] * len(hidden_dims) + [0.0],
    )


def linear_layer(network: FeedForward) -> Optional[torch.nn.Linear]:
    """The only layer of an `ffnn` without hidden layers; `None` for one that has some."""
    layer = network._linear_layers[0]
    is_only = len(network._linear_layers) == 1
    return layer if is_only and isinstance(layer, torch.nn.Linear) else None


def in_one(first: torch.nn.Linear, second: torch.nn.Linear) -> Tuple[torch.Tensor, torch.Tensor]:
    """The weight and the bias of the linear layer that is `second(first(...))`. Its one product
    saves time for many vectors if `second` is narrow."""
    return second.weight @ first.weight, second(first.bias)
