from typing import List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules import FeedForward
from allennlp.nn import Activation

from bio_ie.modules.pair_scorers.pair_linear import PairLinear
from bio_ie.modules.pair_scorers.pair_scorer import PairScorer

COMBINATIONS = ("x,y", "x,y,x*y")


@PairScorer.register("mlp")
class MlpPairScorer(PairScorer):
    """
    A feedforward network over the joined vectors of a pair, with a linear output layer.

    With `combination` "x,y" and one hidden layer it is `s(r, m_i, m_j)` of Bansal et al. 2020
    ("Predicting relations"); with "x,y,x*y" and two hidden layers it is FFNN_r of equations 3 and 9
    of Lai et al. 2021. The first layer is factorised (`PairLinear`): it has the same function and
    parameters as a linear layer over the concatenation. Memory is needed for the hidden layers, `P`
    times their sizes.

    Registered as a `PairScorer` with name "mlp".

    # Parameters

    head_dim, tail_dim, num_labels : `int`
        Given by the model; see `PairScorer`.
    hidden_dims : `List[int]`
        The size of each hidden layer; at least one layer (the `linear` scorer has none).
    combination : `str`, optional (default = `"x,y"`)
        The input of the network: `"x,y"` or `"x,y,x*y"`. The latter needs head and tail vectors of
        one size.
    activation : `Activation`, optional (default = `relu`)
        After each hidden layer.
    dropout : `float`, optional (default = `0.0`)
        Applied after each activation.
    """

    def __init__(
        self,
        head_dim: int,
        tail_dim: int,
        num_labels: int,
        hidden_dims: List[int],
        combination: str = "x,y",
        activation: Optional[Activation] = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(head_dim, tail_dim, num_labels)
        if combination not in COMBINATIONS:
            raise ConfigurationError(
                f"combination must be one of {COMBINATIONS}, not {combination!r}"
            )
        if not hidden_dims:
            raise ConfigurationError(
                "mlp needs at least one hidden layer; for no hidden layers use 'linear'"
            )
        with_product = combination == "x,y,x*y"
        if with_product and head_dim != tail_dim:
            raise ConfigurationError(
                f"combination {combination!r} multiplies head and tail vectors, which must be of "
                f"one size, not {head_dim} and {tail_dim}"
            )
        self.activation = activation or Activation.by_name("relu")()
        self.dropout = torch.nn.Dropout(dropout)
        self.first_layer = PairLinear(head_dim, tail_dim, hidden_dims[0], with_product)
        hidden = len(hidden_dims) - 1
        self.further_layers = FeedForward(
            input_dim=hidden_dims[0],
            num_layers=hidden + 1,
            hidden_dims=[*hidden_dims[1:], num_labels],
            activations=[self.activation] * hidden + [Activation.by_name("linear")()],
            dropout=[dropout] * hidden + [0.0],
        )

    def forward(
        self,
        head: torch.Tensor,
        tail: torch.Tensor,
        head_index: torch.Tensor,
        tail_index: torch.Tensor,
    ) -> torch.Tensor:
        return self._after_first(self.first_layer.pairs(head, tail, head_index, tail_index))

    def dense(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        return self._after_first(self.first_layer.dense(head, tail))

    def _after_first(self, first: torch.Tensor) -> torch.Tensor:
        return self.further_layers(self.dropout(self.activation(first)))
