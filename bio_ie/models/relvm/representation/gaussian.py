"""Gaussians with a diagonal covariance, and networks that compute them."""

from typing import NamedTuple

import torch
from allennlp.modules import FeedForward

from bio_ie.modules.precision import at_least_single

LOG_VARIANCE_BOUND = 10.0
"""The bound of a network's log variance in both directions: standard deviations are between 1/148
and 148."""


class Gaussian(NamedTuple):
    """One distribution of a vector for each row."""

    mean: torch.Tensor
    """`[..., D]`."""
    log_variance: torch.Tensor
    """`[..., D]`."""

    def sample(self, noise: torch.Tensor) -> torch.Tensor:
        """Turns standard normal `noise` `[..., D]` into samples, with a gradient for mean and
        variance (the reparametrisation of Kingma and Welling 2014)."""
        return self.mean + (self.log_variance / 2).exp() * noise

    def kl_from_standard_normal(self) -> torch.Tensor:
        """The divergence of this distribution from N(0, I), `[...]`, in closed form:
        `1/2 sum_d (variance_d + mean_d^2 - 1 - log variance_d)`."""
        parts = self.log_variance.exp() + self.mean**2 - 1 - self.log_variance
        return parts.sum(-1) / 2


class GaussianNetwork(torch.nn.Module):
    """A feedforward network that computes the mean and the variance of a Gaussian.

    The variance is computed as its logarithm v, which is bounded smoothly, `10 tanh(v / 10)`. Near
    0 this changes nothing. But no single unusual input makes a sample, and so the loss, so large
    that training does not recover. The two last layers are computed in single precision at least,
    under autocast too, because their outputs are exponentiated or squared, for which the eight bits
    of bfloat16 are too few.

    # Parameters

    feedforward : `FeedForward`
        The hidden layers; in the paper two, with ReLU.
    output_dim : `int`
        D, the size of the Gaussian's vectors.
    """

    def __init__(self, feedforward: FeedForward, output_dim: int) -> None:
        super().__init__()
        self.feedforward = feedforward
        self.mean = torch.nn.Linear(feedforward.get_output_dim(), output_dim)
        self.log_variance = torch.nn.Linear(feedforward.get_output_dim(), output_dim)

    def forward(self, inputs: torch.Tensor) -> Gaussian:
        """The Gaussian for each of `inputs` `[..., input_dim]`."""
        hidden = at_least_single(self.feedforward(inputs))
        with torch.autocast(hidden.device.type, enabled=False):
            bounded = (self.log_variance(hidden) / LOG_VARIANCE_BOUND).tanh() * LOG_VARIANCE_BOUND
            return Gaussian(self.mean(hidden), bounded)
