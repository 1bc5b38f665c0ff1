import torch
from allennlp.modules import FeedForward
from allennlp.nn import Activation
from torch.distributions import Normal, kl_divergence

from bio_ie.models.relvm.representation import Gaussian, GaussianNetwork
from tests.modules.comparison import assert_same_function


def random_gaussian(*shape: int) -> Gaussian:
    torch.manual_seed(1)
    mean, log_variance = (torch.randn(*shape, dtype=torch.double) for _ in range(2))
    return Gaussian(mean.requires_grad_(), log_variance.requires_grad_())


def test_divergence_is_that_of_torch() -> None:
    q = random_gaussian(3, 4, 5)
    variables = [q.mean, q.log_variance]
    normal = Normal(q.mean, (q.log_variance / 2).exp())
    standard = Normal(torch.zeros_like(q.mean), torch.ones_like(q.mean))
    expected = kl_divergence(normal, standard).sum(-1)
    assert_same_function([q.kl_from_standard_normal()], [expected], variables)


def test_samples_have_the_mean_and_the_variance() -> None:
    q = random_gaussian(3)
    with torch.no_grad():
        samples = q.sample(torch.randn(200_000, 3, dtype=torch.double))
    torch.testing.assert_close(samples.mean(0), q.mean, rtol=0, atol=0.02)
    torch.testing.assert_close(samples.var(0), q.log_variance.exp(), rtol=0.02, atol=0)
    assert_same_function(
        [q.sample(torch.ones(3, dtype=torch.double))],
        [q.mean + torch.sqrt(q.log_variance.exp())],
        [q.mean, q.log_variance],
    )


def test_network_has_single_precision_under_autocast() -> None:
    torch.manual_seed(1)
    feedforward = FeedForward(4, 2, 6, Activation.by_name("relu")())
    network = GaussianNetwork(feedforward, 3)
    inputs = torch.randn(5, 4)
    expected = network(inputs)
    assert expected.mean.shape == expected.log_variance.shape == (5, 3)
    with torch.autocast("cpu", torch.bfloat16):
        half = network(inputs)
    assert half.mean.dtype == half.log_variance.dtype == torch.float
    torch.testing.assert_close(half.mean, expected.mean, rtol=0.05, atol=0.02)
    half.kl_from_standard_normal().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())


def test_variance_stays_within_bounds_and_has_a_gradient_there() -> None:
    torch.manual_seed(1)
    network = GaussianNetwork(FeedForward(4, 1, 6, Activation.by_name("relu")()), 3)
    inputs = torch.randn(50, 4)
    small = network(inputs * 0.1).log_variance
    linear = network.log_variance(network.feedforward(inputs * 0.1))
    torch.testing.assert_close(small, linear, rtol=0.01, atol=1e-3)
    large = network(inputs * 1e4)
    assert large.log_variance.abs().max() == 10
    assert large.sample(torch.randn(50, 3)).isfinite().all()
    moderate = network(inputs * 20).log_variance
    assert 5 < moderate.abs().max() < 10
    moderate.sum().backward()
    assert network.log_variance.weight.grad.abs().min() > 0
