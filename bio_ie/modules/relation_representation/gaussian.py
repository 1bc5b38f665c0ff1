"""Gaussians with a diagonal covariance, and the networks whose output they are."""

from typing import NamedTuple

import torch
from allennlp.modules import FeedForward

from bio_ie.modules.precision import at_least_single


class Gaussian(NamedTuple):
    """One distribution of a vector for each row."""

    mean: torch.Tensor
    """`[..., D]`."""
    log_variance: torch.Tensor
    """`[..., D]`."""

    def sample(self, noise: torch.Tensor) -> torch.Tensor:
        """The vectors that standard normal `noise` `[..., D]` becomes, with a gradient towards
        mean and variance (the reparametrisation of Kingma and Welling 2014)."""
        return self.mean + (self.log_variance / 2).exp() * noise

    def kl_from_standard_normal(self) -> torch.Tensor:
        """`[...]`, the divergence of this distribution from N(0, I), in closed form:
        `1/2 sum_d (variance_d + mean_d^2 - 1 - log variance_d)`."""
        parts = self.log_variance.exp() + self.mean**2 - 1 - self.log_variance
        return parts.sum(-1) / 2


class GaussianNetwork(torch.nn.Module):
    """A feedforward network that puts out the mean and the variance of a Gaussian; the variance as
    its logarithm. The two last layers are computed in single precision at least, under autocast
    too: what is exponentiated or squared next has more than the eight bits of bfloat16.

    # Parameters

    feedforward : `FeedForward`
        Its hidden layers; the paper's has two, with ReLU.
    output_dim : `int`
        D
    """

    def __init__(self, feedforward: FeedForward, output_dim: int) -> None:
        super().__init__()
        self.feedforward = feedforward
        self.mean = torch.nn.Linear(feedforward.get_output_dim(), output_dim)
        self.log_variance = torch.nn.Linear(feedforward.get_output_dim(), output_dim)

    def forward(self, inputs: torch.Tensor) -> Gaussian:
        """For `inputs` `[..., input_dim]`."""
        hidden = at_least_single(self.feedforward(inputs))
        with torch.autocast(hidden.device.type, enabled=False):
            return Gaussian(self.mean(hidden), self.log_variance(hidden))
