import torch

from bio_ie.modules.ffnn import ffnn, in_one, linear_layer


def test_hidden_layers_have_relu_and_the_last_layer_is_linear() -> None:
    torch.manual_seed(0)
    network = ffnn(4, [6, 5], 3)
    x = torch.randn(7, 4)
    first, second, last = network._linear_layers
    expected = last(torch.relu(second(torch.relu(first(x)))))
    torch.testing.assert_close(network(x), expected)
    assert (expected < 0).any()


def test_no_hidden_layer_is_one_linear_layer() -> None:
    network = ffnn(4, [], 3, dropout=0.5)
    x = torch.randn(7, 4)
    torch.testing.assert_close(network(x), network._linear_layers[0](x))


def test_dropout_is_behind_hidden_layers_only() -> None:
    assert [module.p for module in ffnn(4, [6, 5], 3, dropout=0.2)._dropout] == [0.2, 0.2, 0.0]


def test_two_linear_layers_are_one_product() -> None:
    torch.manual_seed(0)
    first, second = linear_layer(ffnn(4, [], 6)), linear_layer(ffnn(6, [], 2))
    assert first is not None
    assert second is not None
    x = torch.randn(7, 4)
    both = torch.nn.functional.linear(x, *in_one(first, second))
    torch.testing.assert_close(both, second(first(x)))


def test_network_with_hidden_layers_is_no_linear_layer() -> None:
    assert linear_layer(ffnn(4, [3], 2)) is None
