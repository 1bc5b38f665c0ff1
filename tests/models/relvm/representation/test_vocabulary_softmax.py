import math
from typing import Any, List, Optional

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.models.relvm.representation import VocabularySoftmax
from bio_ie.models.relvm.representation import vocabulary_softmax as module
from tests.modules.comparison import assert_same_function

NUM_WORDS = 11


def inputs(num_items: int = 9) -> List[torch.Tensor]:
    torch.manual_seed(1)
    hidden = torch.randn(num_items, 5, dtype=torch.double, requires_grad=True)
    embeddings = torch.randn(NUM_WORDS, 4, dtype=torch.double, requires_grad=True)
    words = torch.arange(num_items) % NUM_WORDS
    return [hidden, words, embeddings]


def softmax(**settings: Any) -> VocabularySoftmax:
    torch.manual_seed(2)
    return VocabularySoftmax(5, 4, **settings).double()


def test_probabilities_are_those_of_equation_4() -> None:
    hidden, words, embeddings = inputs()
    layer = softmax()
    expected = []
    for row, word in zip(hidden, words.tolist(), strict=True):
        scores = [layer.projection.weight @ row @ embeddings[v] for v in range(NUM_WORDS)]
        expected.append(scores[word] - torch.stack(scores).exp().sum().log())
    variables = [hidden, embeddings, layer.projection.weight]
    assert_same_function([layer(hidden, words, embeddings)], [torch.stack(expected)], variables)


@pytest.mark.parametrize("cutoffs", [None, [3], [3, 7]])
@pytest.mark.parametrize("max_logits", [1, 2 * NUM_WORDS, 4 * NUM_WORDS + 1])
def test_parts_change_nothing(max_logits: int, cutoffs: Optional[List[int]]) -> None:
    hidden, words, embeddings = inputs()
    whole = softmax(adaptive_cutoffs=cutoffs)
    parts = softmax(adaptive_cutoffs=cutoffs, max_logits=max_logits)
    parts.load_state_dict(whole.state_dict())
    parameters = list(whole.parameters())
    for one, other in zip(parts.parameters(), parameters, strict=True):
        one.data = other.data
    gradients = []
    for layer in (whole, parts):
        output = layer(hidden, words, embeddings)
        weights = torch.arange(len(output), dtype=torch.double)
        variables = [hidden, embeddings, *layer.parameters()]
        gradients.append([output, *torch.autograd.grad((output * weights).sum(), variables)])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other)


def test_no_more_scores_than_max_logits_exist_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    original = module._log_probabilities

    def recorded(vectors: torch.Tensor, weights: torch.Tensor, targets: torch.Tensor) -> Any:
        sizes.append(len(vectors) * len(weights))
        return original(vectors, weights, targets)

    monkeypatch.setattr(module, "_log_probabilities", recorded)
    hidden, words, embeddings = inputs(40)
    softmax(max_logits=3 * NUM_WORDS)(hidden, words, embeddings).sum().backward()
    assert max(sizes) == 3 * NUM_WORDS
    # Once in the forward pass, and once more in the backward pass.
    assert len(sizes) == 2 * math.ceil(40 / 3)


@pytest.mark.parametrize("cutoffs", [[3], [3, 7], [1, 2, 10]])
def test_adaptive_probabilities_are_products_and_sum_to_one(cutoffs: List[int]) -> None:
    hidden, _, embeddings = inputs()
    layer = softmax(adaptive_cutoffs=cutoffs)
    assert layer.cluster_vectors is not None
    vectors = layer.projection(hidden)
    head = (vectors @ torch.cat([embeddings[: cutoffs[0]], layer.cluster_vectors]).T).softmax(1)
    expected = [head[:, v] for v in range(cutoffs[0])]
    for cluster, (first, last) in enumerate(zip(cutoffs, [*cutoffs[1:], NUM_WORDS], strict=True)):
        within = (vectors @ embeddings[first:last].T).softmax(1)
        expected += [head[:, cutoffs[0] + cluster] * within[:, v] for v in range(last - first)]
    found = [layer(hidden, torch.full((9,), v), embeddings).exp() for v in range(NUM_WORDS)]
    torch.testing.assert_close(sum(found), torch.ones(9, dtype=torch.double))
    variables = [hidden, embeddings, *layer.parameters()]
    assert_same_function(found, expected, variables)


def test_half_precision_gives_finite_single_precision() -> None:
    hidden, words, embeddings = (
        tensor.float() if tensor.is_floating_point() else tensor for tensor in inputs()
    )
    layer = VocabularySoftmax(5, 4)
    with torch.autocast("cpu", torch.bfloat16):
        log_p = layer(hidden * 1000, words, embeddings)
    assert log_p.dtype == torch.float
    log_p.sum().backward()
    assert log_p.isfinite().all()
    assert layer.projection.weight.grad is not None
    assert layer.projection.weight.grad.isfinite().all()


@pytest.mark.parametrize("settings", [{"max_logits": 0}, {"adaptive_cutoffs": [3, 3]}])
def test_wrong_settings_are_refused(settings: Any) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(settings))):
        softmax(**settings)


def test_an_empty_cluster_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="last cluster"):
        softmax(adaptive_cutoffs=[3, NUM_WORDS]).require_words(NUM_WORDS)
