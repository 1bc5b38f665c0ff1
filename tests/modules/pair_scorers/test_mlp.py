import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules import FeedForward

from bio_ie.modules.pair_scorers import MlpPairScorer, PairLinear
from tests.modules.comparison import assert_same_function


@pytest.mark.parametrize("with_product", [False, True])
def test_a_linear_layer_over_the_concatenation_shares_checkpoints(with_product: bool) -> None:
    layer = PairLinear(4, 4, 3, with_product)
    plain = torch.nn.Linear(12 if with_product else 8, 3)
    plain.load_state_dict(layer.state_dict())
    head, tail = torch.randn(5, 4), torch.randn(6, 4)
    head_index, tail_index = torch.randint(5, (9,)), torch.randint(6, (9,))
    x, y = head[head_index], tail[tail_index]
    joined = torch.cat([x, y, x * y] if with_product else [x, y], dim=-1)
    torch.testing.assert_close(layer.pairs(head, tail, head_index, tail_index), plain(joined))
    torch.testing.assert_close(layer(joined), plain(joined))


def test_products_of_the_same_vectors_are_computed_once_for_both_orders() -> None:
    layer = PairLinear(4, 4, 3, with_product=True).double()
    vectors = torch.randn(5, 4, dtype=torch.double, requires_grad=True)
    head, tail = torch.tensor([[1, 0], [3, 3], [0, 1], [1, 0], [4, 2], [2, 4]]).unbind(1)
    sizes = []
    handle = torch.nn.functional.linear

    def counted(values: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        sizes.append(len(values))
        return handle(values, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.nn.functional, "linear", counted)
        found = layer.pairs(vectors, vectors, head, tail)
    assert sizes == [5, 5, 3]
    x, y = vectors[head], vectors[tail]
    expected = layer(torch.cat([x, y, x * y], dim=-1))
    assert_same_function([found], [expected], [vectors, *layer.parameters()])


def test_parameters_are_those_of_a_feedforward_over_the_concatenation() -> None:
    scorer = MlpPairScorer(4, 4, 3, hidden_dims=[7, 5], combination="x,y,x*y")
    plain = FeedForward(12, 3, [7, 5, 3], torch.nn.ReLU())
    assert [parameter.shape for parameter in scorer.parameters()] == [
        parameter.shape for parameter in plain.parameters()
    ]


def test_dropout_follows_every_hidden_layer_in_training_only() -> None:
    scorer = MlpPairScorer(4, 4, 3, hidden_dims=[50, 50], dropout=0.5)
    head, tail, index = torch.randn(1, 4), torch.randn(1, 4), torch.tensor([0])
    first, second = (scorer(head, tail, index, index) for _ in range(2))
    assert not torch.equal(first, second)
    rates = [module.p for module in scorer.modules() if isinstance(module, torch.nn.Dropout)]
    assert rates == [0.5, 0.5, 0.0]  # no dropout after the scores
    scorer.eval()
    first, second = (scorer(head, tail, index, index) for _ in range(2))
    assert torch.equal(first, second)


def test_unknown_combination_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="not 'x-y'"):
        MlpPairScorer(4, 4, 3, hidden_dims=[5], combination="x-y")


def test_no_hidden_layer_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="for no hidden layers use 'linear'"):
        MlpPairScorer(4, 4, 3, hidden_dims=[])
