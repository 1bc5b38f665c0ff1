import torch

from bio_ie.modules.ffnn import ffnn


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
