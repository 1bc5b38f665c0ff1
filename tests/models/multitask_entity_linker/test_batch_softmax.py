"""Compares the loss over the classes of a batch with a softmax over all classes, of which most are
masked."""

from typing import List, Tuple

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from benchmarks.peak_memory import peak_memory
from bio_ie.models.multitask_entity_linker.batch_softmax import BatchSoftmax

NIL = 2
some_labels = st.lists(st.integers(-2, 6), max_size=12)


def naive_loss(
    module: BatchSoftmax, vectors: torch.Tensor, labels: List[int], weight: float, with_nil: bool
) -> torch.Tensor:
    """The loss, item by item, over the full vocabulary. All classes that are not in the batch are
    masked."""
    known = [label for label in labels if label >= 0]
    present = set(known) | ({NIL} if with_nil else set())
    masked = torch.full((7,), -torch.inf, dtype=vectors.dtype)
    masked[sorted(present)] = 0.0
    total = 0.0 * module.linear(vectors).sum()
    for vector, label in zip(vectors, labels, strict=True):
        if label >= 0:
            log_probabilities = (module.linear(vector) + masked).log_softmax(-1)
            total = total - (weight if label == NIL else 1.0) * log_probabilities[label]
    return total / max(len(known), 1)


@given(some_labels, st.sampled_from([0.01, 0.125, 1.0]), st.booleans(), st.integers(0, 99))
def test_loss_and_gradients_are_those_of_the_masked_full_softmax(
    labels: List[int], weight: float, with_nil: bool, seed: int
) -> None:
    torch.manual_seed(seed)
    module = BatchSoftmax(4, 7, NIL, weight, with_nil).double()
    vectors = torch.randn(len(labels), 4, dtype=torch.double, requires_grad=True)
    inputs = [vectors, *module.parameters()]
    expected = naive_loss(module, vectors, labels, weight, with_nil)
    found = module.loss(vectors, torch.tensor(labels, dtype=torch.long))
    assert_close(found, expected)
    for one, other in zip(
        torch.autograd.grad(found, inputs), torch.autograd.grad(expected, inputs), strict=True
    ):
        assert_close(one, other)


@given(some_labels, st.booleans(), st.integers(0, 9), st.integers(0, 99))
def test_negatives_are_classes_of_the_batch_too(
    labels: List[int], with_nil: bool, num_negatives: int, seed: int
) -> None:
    torch.manual_seed(seed)
    module = BatchSoftmax(4, 7, NIL, 0.125, with_nil, num_negatives=num_negatives).double()
    vectors = torch.randn(len(labels), 4, dtype=torch.double)
    known = torch.tensor([label for label in labels if label >= 0], dtype=torch.long)
    state = torch.get_rng_state()
    classes, places = module.batch_classes(known)
    assert torch.equal(classes[places], known)
    if not len(known):
        return
    torch.set_rng_state(state)
    found = module.loss(vectors, torch.tensor(labels))
    given = set(known.tolist())
    allowed = set(range(7)) if with_nil else set(range(7)) - {NIL} | given
    assert given <= set(classes.tolist()) <= allowed
    at_least = allowed if num_negatives >= 7 else given | ({NIL} if with_nil else set())
    assert at_least <= set(classes.tolist())
    assert len(classes) <= len(at_least) + num_negatives
    masked = torch.full((7,), -torch.inf, dtype=torch.double)
    masked[classes] = 0.0
    rows = [place for place, label in enumerate(labels) if label >= 0]
    log_probabilities = (module.linear(vectors[rows]) + masked).log_softmax(-1)
    total = 0.0
    for row, label in enumerate(known.tolist()):
        total -= (0.125 if label == NIL else 1.0) * log_probabilities[row, label].item()
    assert_close(found.item(), total / len(known))
    module.eval()
    assert set(module.batch_classes(known)[0].tolist()) == given | ({NIL} if with_nil else set())


def test_negatives_are_drawn_anew() -> None:
    module = BatchSoftmax(4, 1000, NIL, num_negatives=10)
    labels = torch.tensor([NIL])
    drawn = [module.batch_classes(labels)[0].tolist() for _ in range(2)]
    assert drawn[0] != drawn[1]
    assert all(10 <= len(classes) <= 11 for classes in drawn)


def test_weights_do_not_change_what_the_sum_is_divided_by() -> None:
    module = BatchSoftmax(4, 7, NIL, nil_weight=0.125)
    vectors, labels = torch.randn(8, 4), torch.full((8,), NIL)
    labels[0] = 5
    one = module.loss(vectors[1:], labels[1:])
    nothing_but_nil = BatchSoftmax(4, 7, NIL)
    nothing_but_nil.linear = module.linear
    assert_close(one, 0.125 * nothing_but_nil.loss(vectors[1:], labels[1:]))


@pytest.mark.parametrize("max_scores", [1, 7, 20, 1000])
@pytest.mark.parametrize("with_nil", [True, False])
def test_the_best_of_all_classes_whatever_the_parts(max_scores: int, with_nil: bool) -> None:
    torch.manual_seed(3)
    module = BatchSoftmax(4, 7, NIL, with_nil=with_nil, max_scores=max_scores).double()
    vectors = torch.randn(50, 4, dtype=torch.double)
    label, probability = module(vectors)
    scores = module.linear(vectors).float()
    if not with_nil:
        scores[:, NIL] = -torch.inf
    expected, best = scores.softmax(-1).max(-1)
    assert torch.equal(label, best)
    assert_close(probability, expected)
    assert bool((label == NIL).any()) is with_nil


def test_nothing_to_classify() -> None:
    module = BatchSoftmax(4, 7, NIL, with_nil=False)
    label, probability = module(torch.zeros(0, 4))
    assert label.shape == probability.shape == (0,)
    loss = module.loss(torch.zeros(0, 4, requires_grad=True), torch.zeros(0, dtype=torch.long))
    assert loss.item() == 0.0
    loss.backward()  # distributed training needs a gradient for every parameter
    assert module.linear.weight.grad is not None


@pytest.mark.parametrize("options", [{"nil_weight": 0.0}, {"max_scores": 0}, {"num_negatives": -1}])
def test_an_impossible_setting_is_an_error(options: dict) -> None:
    with pytest.raises(ConfigurationError):
        BatchSoftmax(4, 7, NIL, **options)


def items(num_items: int, num_classes: int, dim: int) -> Tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(num_classes, (300,), generator=generator)
    chosen = torch.randint(300, (num_items,), generator=generator)
    return torch.randn(num_items, dim, generator=generator), labels[chosen]


def test_memory_of_training_follows_the_classes_of_the_batch() -> None:
    peaks = []
    for num_classes in (500, 35_000):
        module = BatchSoftmax(64, num_classes, nil=0)
        vectors, labels = items(2000, num_classes, 64)
        vectors.requires_grad_()

        def step() -> None:
            module.zero_grad(set_to_none=True)  # noqa: B023
            module.loss(vectors, labels).backward()  # noqa: B023

        gradient = 4 * num_classes * (64 + 1)
        peaks.append(peak_memory(step) - gradient)
    # The scores of all classes would take 280 MB, not 2.
    assert peaks[1] <= 1.3 * peaks[0]


def test_memory_of_prediction_is_bounded() -> None:
    module = BatchSoftmax(64, 35_000, nil=0, max_scores=2**20)
    vectors, _ = items(2000, 35_000, 64)
    peak = peak_memory(lambda: module(vectors))
    assert peak <= 4 * 4 * 2**20 < 4 * 2000 * 35_000
