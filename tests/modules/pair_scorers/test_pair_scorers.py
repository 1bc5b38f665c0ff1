"""The contract of all pair scorers, compared with scores of one pair at a time."""

from typing import Any, Dict, List

import pytest
import torch
from allennlp.common import FromParams, Lazy, Params
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.pair_scorers import PairScorer

DIM = 6
NUM_LABELS = 3
CONFIGS: Dict[str, Dict[str, Any]] = {
    "biaffine": {"type": "biaffine"},
    "biaffine in blocks": {"type": "biaffine", "max_elements": 40},
    "linear": {"type": "linear"},
    "distmult": {"type": "distmult"},
    "mlp": {"type": "mlp", "hidden_dims": [5]},
    "deep mlp": {"type": "mlp", "hidden_dims": [5, 4], "activation": "tanh"},
    "product mlp": {"type": "mlp", "hidden_dims": [5, 4], "combination": "x,y,x*y"},
}


class Owner(FromParams):
    """Makes a scorer as a model does: the model gives the sizes, and the config gives the rest."""

    def __init__(self, pair_scorer: Lazy[PairScorer]) -> None:
        self.pair_scorer = pair_scorer.construct(head_dim=DIM, tail_dim=DIM, num_labels=NUM_LABELS)


def build(config: Dict[str, Any]) -> PairScorer:
    torch.manual_seed(0)
    return Owner.from_params(Params({"pair_scorer": dict(config)})).pair_scorer


def score_one(scorer: PairScorer, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The scores of one pair, from the equations and the scorer's state dict."""
    state = dict(scorer.named_parameters())
    kind = type(scorer).__name__
    if kind == "DistMultPairScorer":
        return torch.stack([sum(x[k] * r[k] * y[k] for k in range(DIM)) for r in state["relation"]])
    joined = torch.cat([x, y])
    if kind == "MlpPairScorer":
        if state["first_layer.weight"].size(1) == 3 * DIM:
            joined = torch.cat([x, y, x * y])
        hidden = state["first_layer.weight"] @ joined + state["first_layer.bias"]
        layer = 0
        while f"further_layers._linear_layers.{layer}.weight" in state:
            hidden = scorer.activation(hidden)
            weight = state[f"further_layers._linear_layers.{layer}.weight"]
            hidden = weight @ hidden + state[f"further_layers._linear_layers.{layer}.bias"]
            layer += 1
        return hidden
    scores = state["linear.weight"] @ joined + state["linear.bias"]
    if kind == "BiaffinePairScorer":
        bilinear = state["bilinear"]
        scores = scores + torch.stack([x @ bilinear[:, r] @ y for r in range(NUM_LABELS)])
    return scores


def gradients(
    output: torch.Tensor, scorer: PairScorer, inputs: List[torch.Tensor]
) -> List[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    weights = torch.randn(output.shape, generator=generator, dtype=output.dtype)
    return list(torch.autograd.grad((output * weights).sum(), [*inputs, *scorer.parameters()]))


def assert_all_close(first: List[torch.Tensor], second: List[torch.Tensor]) -> None:
    for one, other in zip(first, second, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-8)


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def scorer(request: pytest.FixtureRequest) -> PairScorer:
    return build(request.param)


def random_vectors(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, DIM, dtype=torch.double, requires_grad=True)


def test_every_registered_name_is_tested_here() -> None:
    assert {config["type"] for config in CONFIGS.values()} == set(PairScorer.list_available())


def test_flat_pairs_equal_one_pair_at_a_time_with_gradients(scorer: PairScorer) -> None:
    scorer.double()
    head, tail = random_vectors(7), random_vectors(5)
    head_index = torch.tensor([6, 0, 0, 3, 3, 3, 1, 0])
    # (3, 2) occurs twice; heads 2, 4 and 5 and tail 3 are unused
    tail_index = torch.tensor([4, 0, 1, 2, 2, 4, 0, 0])
    scores = scorer(head, tail, head_index, tail_index)
    expected = torch.stack(
        [score_one(scorer, head[i], tail[j]) for i, j in zip(head_index, tail_index, strict=True)]
    )
    assert scores.shape == (8, NUM_LABELS)
    torch.testing.assert_close(scores, expected, rtol=1e-8, atol=1e-8)
    assert_all_close(
        gradients(scores, scorer, [head, tail]), gradients(expected, scorer, [head, tail])
    )


def test_dense_equals_one_pair_at_a_time_with_gradients(scorer: PairScorer) -> None:
    scorer.double()
    head, tail = random_vectors(2, 4), random_vectors(2, 4)
    scores = scorer.dense(head, tail)
    expected = torch.stack(
        [score_one(scorer, x, y) for b in range(2) for x in head[b] for y in tail[b]]
    ).view(2, 4, 4, NUM_LABELS)
    torch.testing.assert_close(scores, expected, rtol=1e-8, atol=1e-8)
    assert_all_close(
        gradients(scores, scorer, [head, tail]), gradients(expected, scorer, [head, tail])
    )


def test_dense_of_the_base_equals_the_overridden_one(scorer: PairScorer) -> None:
    scorer.double()
    head, tail = random_vectors(2, 4), random_vectors(2, 4)
    torch.testing.assert_close(
        PairScorer.dense(scorer, head, tail), scorer.dense(head, tail), rtol=1e-8, atol=1e-8
    )


def test_order_of_pairs_does_not_matter(scorer: PairScorer) -> None:
    scorer.double()
    head, tail = random_vectors(9), random_vectors(8)
    head_index, tail_index = torch.randint(9, (20,)), torch.randint(8, (20,))
    order = torch.randperm(20)
    torch.testing.assert_close(
        scorer(head, tail, head_index[order], tail_index[order]),
        scorer(head, tail, head_index, tail_index)[order],
    )


@pytest.mark.parametrize("num_heads, num_tails", [(0, 0), (3, 2), (3, 0), (0, 2)])
def test_no_pair_gives_zero_rows_and_zero_gradients(
    scorer: PairScorer, num_heads: int, num_tails: int
) -> None:
    head = torch.randn(num_heads, DIM, requires_grad=True)
    tail = torch.randn(num_tails, DIM, requires_grad=True)
    nothing = torch.zeros(0, dtype=torch.int64)
    scores = scorer(head, tail, nothing, nothing)
    assert scores.shape == (0, NUM_LABELS)
    scores.sum().backward()
    for tensor in (head, tail, *scorer.parameters()):
        assert tensor.grad is not None
        assert not tensor.grad.any()


def test_dense_of_nothing_has_zero_size_and_zero_gradients(scorer: PairScorer) -> None:
    for batch_size, size in [(0, 3), (2, 0)]:
        scorer.zero_grad()
        vectors = torch.randn(batch_size, size, DIM)
        scores = scorer.dense(vectors, vectors)
        assert scores.shape == (batch_size, size, size, NUM_LABELS)
        scores.sum().backward()
        assert all(
            parameter.grad is not None and not parameter.grad.any()
            for parameter in scorer.parameters()
        )


def test_half_precision_is_close_to_single(scorer: PairScorer) -> None:
    head, tail = torch.randn(7, DIM), torch.randn(5, DIM)
    head_index, tail_index = torch.randint(7, (20,)), torch.randint(5, (20,))
    expected = scorer(head, tail, head_index, tail_index)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = scorer(head, tail, head_index, tail_index)
        dense = scorer.dense(head.unsqueeze(0)[:, :5], tail.unsqueeze(0))
    torch.testing.assert_close(scores.float(), expected, rtol=0.1, atol=0.1)
    assert dense.isfinite().all()
    scores.float().pow(2).sum().backward()
    assert all(
        parameter.grad is not None and parameter.grad.isfinite().all()
        for parameter in scorer.parameters()
    )


def test_parameters_start_random_and_differ_between_labels(scorer: PairScorer) -> None:
    head, tail = torch.randn(1, DIM), torch.randn(1, DIM)
    scores = scorer(head, tail, torch.tensor([0]), torch.tensor([0]))[0]
    assert len(set(scores.tolist())) == NUM_LABELS


@pytest.mark.parametrize("name", ["distmult", "product mlp"])
def test_products_of_vectors_of_two_sizes_are_refused(name: str) -> None:
    params = Params({**CONFIGS[name], "head_dim": 4, "tail_dim": 5, "num_labels": 2})
    with pytest.raises(ConfigurationError, match="of one size, not 4 and 5"):
        PairScorer.from_params(params)
