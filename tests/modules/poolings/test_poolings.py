"""The contract of all poolings, compared with pooling one segment at a time."""

import copy
import math
from typing import Any, Dict, List, Tuple

import pytest
import torch
from allennlp.common import FromParams, Lazy, Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.modules.poolings import EMPTY_LOGIT, Pooling

DIM = 3
CONFIGS: Dict[str, Dict[str, Any]] = {
    "max": {"type": "max"},
    "mean": {"type": "mean"},
    "smax": {"type": "smax"},
    "smax t=.05": {"type": "smax", "initial_temperature": 0.05},
    "noisy_or": {"type": "noisy_or"},
    "logsumexp": {"type": "logsumexp"},
    "attention": {"type": "attention"},
}


class Owner(FromParams):
    def __init__(self, pooling: Lazy[Pooling]) -> None:
        self.pooling = pooling.construct(input_dim=DIM)


def build(name: str) -> Pooling:
    torch.manual_seed(0)
    return Owner.from_params(Params({"pooling": dict(CONFIGS[name])})).pooling.double()


def reduce_one(pooling: Pooling, items: torch.Tensor) -> torch.Tensor:
    """The pooled vector of one segment of at least one item, `[items, DIM]`, from the equations."""
    kind = type(pooling).__name__
    if kind == "AttentionPooling":
        return torch.softmax(items @ pooling.query, dim=0) @ items
    columns = []
    for column in items.unbind(1):
        if kind == "MaxPooling":
            columns.append(torch.amax(column, dim=0))
        elif kind == "MeanPooling":
            columns.append(sum(column) / len(column))
        elif kind == "SmaxPooling":
            exponentials = [math.e ** (item / pooling.temperature) for item in column]
            weighted = sum(e * item for e, item in zip(exponentials, column, strict=True))
            columns.append(weighted / sum(exponentials))
        elif kind == "NoisyOrPooling":
            none = torch.ones((), dtype=items.dtype)
            for item in column:
                none = none * (1 - item)
            columns.append(1 - none)
        else:
            columns.append(torch.log(sum(torch.exp(item) for item in column)))
    return torch.stack(columns)


def reduce_all(
    pooling: Pooling, values: torch.Tensor, index: torch.Tensor, num_segments: int
) -> torch.Tensor:
    empty = EMPTY_LOGIT if pooling.domain == "logits" else 0.0
    return torch.stack(
        [
            reduce_one(pooling, values[index == segment])
            if (index == segment).any()
            else values.new_full((DIM,), empty)
            for segment in range(num_segments)
        ]
    )


def random_values(pooling: Pooling, num_items: int, seed: int = 0) -> torch.Tensor:
    values = torch.randn(
        num_items, DIM, dtype=torch.double, generator=torch.Generator().manual_seed(seed)
    )
    values = values.sigmoid() if pooling.domain == "probabilities" else 3 * values
    return values.requires_grad_()


def gradients(pooled: torch.Tensor, inputs: List[torch.Tensor]) -> Tuple[torch.Tensor, ...]:
    weights = torch.linspace(-1, 2, pooled.numel(), dtype=pooled.dtype).view(pooled.shape)
    return torch.autograd.grad((pooled * weights).sum(), inputs)


@pytest.fixture(params=CONFIGS.keys())
def pooling(request: pytest.FixtureRequest) -> Pooling:
    return build(request.param)


def test_every_registered_name_is_tested_here() -> None:
    assert {config["type"] for config in CONFIGS.values()} == set(Pooling.list_available())


@pytest.mark.parametrize("name", CONFIGS)
@settings(max_examples=25, deadline=None)
@given(
    index=st.lists(st.integers(0, 5), min_size=1, max_size=20),
    seed=st.integers(0, 1000),
)
def test_pooled_values_and_gradients_equal_one_segment_at_a_time(
    name: str, index: List[int], seed: int
) -> None:
    pooling = build(name)
    values = random_values(pooling, len(index), seed)
    segments = torch.tensor(index)
    pooled = pooling(values, segments, 7)
    expected = reduce_all(pooling, values, segments, 7)
    torch.testing.assert_close(pooled, expected, rtol=1e-8, atol=1e-8)
    inputs = [values, *pooling.parameters()]
    for one, other in zip(gradients(pooled, inputs), gradients(expected, inputs), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-8)


def test_order_of_items_does_not_matter(pooling: Pooling) -> None:
    values, index = random_values(pooling, 30), torch.randint(5, (30,))
    order = torch.randperm(30)
    torch.testing.assert_close(pooling(values[order], index[order], 5), pooling(values, index, 5))


def test_segments_do_not_see_each_other(pooling: Pooling) -> None:
    values = random_values(pooling, 8)
    index = torch.tensor([0, 1, 0, 2, 2, 0, 1, 2])
    for segment in range(3):
        own = values[index == segment]
        alone = pooling(own, torch.zeros(len(own), dtype=torch.int64), 1)[0]
        torch.testing.assert_close(pooling(values, index, 3)[segment], alone)


@pytest.mark.parametrize("shape", [(), (2, 4)])
def test_trailing_dimensions_are_pooled_each_on_its_own(
    pooling: Pooling, shape: Tuple[int, ...]
) -> None:
    last = (DIM,) if pooling.domain == "vectors" else ()
    values = torch.rand(9, *shape, *last, dtype=torch.double)
    index = torch.randint(4, (9,))
    pooled = pooling(values, index, 4)
    assert pooled.shape == (4, *shape, *last)
    flat = values.view(9, -1, *last)
    apart = torch.stack([pooling(part, index, 4) for part in flat.unbind(1)], dim=1)
    torch.testing.assert_close(pooled, apart.view(4, *shape, *last))


def test_no_items_gives_the_value_of_empty_segments(pooling: Pooling) -> None:
    values = random_values(pooling, 0)
    empty = EMPTY_LOGIT if pooling.domain == "logits" else 0.0
    for num_segments in (0, 3):
        pooled = pooling(values, torch.zeros(0, dtype=torch.int64), num_segments)
        assert pooled.tolist() == [[empty] * DIM] * num_segments
        for gradient in gradients(pooled, [values, *pooling.parameters()]):
            assert not gradient.any()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_is_reduced_in_single_precision(
    pooling: Pooling, dtype: torch.dtype
) -> None:
    pooling.float()
    # There are 4,096 items. In half precision, counts and sums would stop growing long before that.
    values = torch.rand(4096, DIM).to(dtype) / 1000
    index = torch.arange(4096) % 2
    with torch.autocast("cpu", dtype=dtype):
        pooled = pooling(values, index, 2)
    assert pooled.dtype == torch.float32
    expected = pooling.double()(values.double(), index, 2)
    torch.testing.assert_close(pooled.double(), expected, rtol=1e-4, atol=1e-5)


def test_attention_of_half_precision_parameters() -> None:
    pooling = build("attention").to(torch.bfloat16)
    assert (
        pooling(torch.rand(4, DIM, dtype=torch.bfloat16), torch.arange(4) % 2, 2).isfinite().all()
    )


@pytest.mark.parametrize(
    "name", [name for name in CONFIGS if build(name).domain == "probabilities"]
)
@pytest.mark.parametrize("items", [[0.0], [1.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0] * 9])
def test_gradients_are_finite_at_zero_and_one(name: str, items: List[float]) -> None:
    pooling = build(name).float()
    values = torch.tensor(items, requires_grad=True)
    pooled = pooling(values, torch.zeros(len(items), dtype=torch.int64), 2)
    assert pooled.tolist() == pytest.approx([reference_at_corners(name, items), 0.0], abs=1e-6)
    for gradient in torch.autograd.grad(pooled.sum(), [values, *pooling.parameters()]):
        assert gradient.isfinite().all()


PROBABILITIES = [name for name in CONFIGS if build(name).domain == "probabilities"]


@pytest.mark.parametrize("name", PROBABILITIES)
@settings(max_examples=25, deadline=None)
@given(
    index=st.lists(st.integers(0, 5), min_size=1, max_size=20),
    seed=st.integers(0, 1000),
)
def test_logarithms_and_their_gradients_are_those_of_the_pooled_values(
    name: str, index: List[int], seed: int
) -> None:
    pooling = build(name)
    values, segments = random_values(pooling, len(index), seed), torch.tensor(index)
    num_segments = max(index) + 1
    there = segments.unique()
    pooled = pooling.of_logs(values.log(), segments, num_segments)[there]
    expected = reduce_all(pooling, values, segments, num_segments)[there].log()
    torch.testing.assert_close(pooled, expected, rtol=1e-8, atol=1e-8)
    inputs = [values, *pooling.parameters()]
    for one, other in zip(gradients(pooled, inputs), gradients(expected, inputs), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", PROBABILITIES)
def test_logarithms_of_what_single_precision_cannot_hold(name: str) -> None:
    pooling = build(name).float()
    items = torch.tensor([-300.0, -300.0, -320.0, -0.0, -1e4, -90.0], requires_grad=True)
    index = torch.tensor([0, 0, 0, 1, 2, 3])
    pooled = pooling.of_logs(items, index, 5)
    first = {"max": -300.0, "noisy_or": -300 + math.log(2)}.get(name, -300 + math.log(2 / 3))
    expected = [first, 0.0, -1e4, -90.0, EMPTY_LOGIT]
    assert pooled.tolist() == pytest.approx(expected, rel=1e-6, abs=1e-6)
    gradient, *others = torch.autograd.grad(pooled.sum(), [items, *pooling.parameters()])
    assert all(other.isfinite().all() for other in [gradient, *others])
    assert gradient[:3].sum().item() == pytest.approx(1.0, rel=1e-4)


@pytest.mark.parametrize("temperature", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_logarithms_of_smax_are_finite_at_extreme_temperatures(
    temperature: float, dtype: torch.dtype
) -> None:
    pooling = Pooling.from_params(Params({"type": "smax", "initial_temperature": temperature}))
    items = torch.tensor([-0.0, -1e-6, -0.5, -80.0, -1e4], dtype=dtype, requires_grad=True)
    pooled = pooling.of_logs(items, torch.zeros(5, dtype=torch.long), 1)
    values = items.detach().double().exp()
    exact = copy.deepcopy(pooling).double()(values, torch.zeros(5, dtype=torch.long), 1)
    assert pooled.item() == pytest.approx(exact.log().item(), rel=1e-4, abs=1e-5)
    for gradient in torch.autograd.grad(pooled.sum(), [items, pooling.log_temperature]):
        assert gradient.isfinite().all()


def reference_at_corners(name: str, items: List[float]) -> float:
    if name in ("max", "noisy_or"):
        return max(items)
    if name == "mean" or len(set(items)) == 1:
        return sum(items) / len(items)
    temperature = CONFIGS[name].get("initial_temperature", 0.1)
    return 1 / (1 + math.exp(-1 / temperature))


def test_a_domain_is_demanded_by_its_consumer() -> None:
    build("smax").require_domain("probabilities", "facts of mention pairs")
    message = (
        "BRAN pools logits, but SmaxPooling is a pooling of probabilities; choose .*: logsumexp"
    )
    with pytest.raises(ConfigurationError, match=message):
        build("smax").require_domain("logits", "BRAN")


def test_domains_are_those_of_the_definitions() -> None:
    domains: Dict[str, List[str]] = {}
    for name in Pooling.list_available():
        domains.setdefault(Pooling.by_name(name).domain, []).append(name)
    assert {domain: sorted(names) for domain, names in domains.items()} == {
        "probabilities": ["max", "mean", "noisy_or", "smax"],
        "logits": ["logsumexp"],
        "vectors": ["attention"],
    }
