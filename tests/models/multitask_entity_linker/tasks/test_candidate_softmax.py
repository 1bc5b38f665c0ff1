"""Compares the scores of classes and candidates with a softmax for one item at a time."""

from typing import Any, Dict, List, Tuple

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from bio_ie.models.multitask_entity_linker.batch_softmax import BatchSoftmax
from bio_ie.models.multitask_entity_linker.tasks.candidate_softmax import (
    CandidateRescoring,
    CandidateSoftmax,
    ItemCandidates,
    candidates_of,
)
from bio_ie.modules.concept_embedders import ConceptEmbedder
from bio_ie.modules.text_spans import TextSpans

NUM_CLASSES, NIL, DIM = 6, 0, 4


class Table(ConceptEmbedder):
    """A concept embedder with a vector for each of ten keys."""

    def __init__(self) -> None:
        super().__init__(3)
        self.table = torch.nn.Parameter(torch.randn(10, 3))

    def forward(self, keys: torch.Tensor, semantic_types: torch.Tensor) -> torch.Tensor:
        return self.table[keys]


def build(
    with_nil: bool, dropout: float, with_vectors: bool = True, max_scores: int = 2**20
) -> Any:
    base = BatchSoftmax(DIM, NUM_CLASSES, NIL, 0.5, with_nil, max_scores)
    embedder = Table() if with_vectors else None
    module = CandidateSoftmax(base, CandidateRescoring(embedder, dropout, 2.0)).double()
    torch.nn.init.normal_(module.unseen_bias)
    return module


# For each item: its label, and its candidates by key. Keys below 6 are classes; the others are
# unseen.
some_items = st.lists(
    st.tuples(st.integers(-2, 5), st.lists(st.integers(1, 9), max_size=4, unique=True)), max_size=6
)


def given_items(items: List[Any]) -> Tuple[torch.Tensor, torch.Tensor, ItemCandidates]:
    vectors = torch.randn(len(items), DIM, dtype=torch.double, requires_grad=True)
    labels = torch.tensor([label for label, _ in items], dtype=torch.long)
    rows = [
        (number, key if key < NUM_CLASSES else -2, key, 10 * number + place)
        for number, (_, keys) in enumerate(items)
        for place, key in enumerate(keys)
    ]
    columns = torch.tensor(rows, dtype=torch.long).view(-1, 4).T
    scores = torch.rand(len(rows))
    return vectors, labels, ItemCandidates(*columns[:3], scores, columns[3])


def naive_scores(
    module: Any,
    vector: torch.Tensor,
    candidates: ItemCandidates,
    item: int,
    hidden: bool,
    label: int,
    classes: List[int],
) -> Dict[Any, torch.Tensor]:
    """The scores by class, and by ("candidate", place) for candidates that count as unseen."""
    scores = {c: module.base.linear(vector)[c] for c in classes}
    for place in range(len(candidates.item)):
        if int(candidates.item[place]) != item:
            continue
        added = module.score_weight * candidates.score[place].double()
        if module.concept_embedder is not None:
            v = module.concept_embedder.table[candidates.key[place]]
            v = (v - v.mean()) / (v.var(unbiased=False) + 1e-5).sqrt()
            added = added + v @ module.projection.weight @ vector
        of_class = int(candidates.label[place])
        if of_class >= 0 and not (hidden and of_class == label):
            scores[of_class] = module.base.linear(vector)[of_class] + added
        else:
            scores.pop(of_class, None)
            scores["candidate", int(candidates.place[place])] = module.unseen_bias + added
            if of_class == label:
                scores["right"] = scores.pop(("candidate", int(candidates.place[place])))
    return scores


@given(some_items, st.booleans(), st.sampled_from([0.0, 0.999999]), st.booleans(),
       st.integers(0, 99))  # fmt: skip
def test_loss_and_gradients_are_those_of_one_item_at_a_time(
    items: List[Any], with_nil: bool, dropout: float, with_vectors: bool, seed: int
) -> None:
    torch.manual_seed(seed)
    module = build(with_nil, dropout, with_vectors).train()
    vectors, labels, candidates = given_items(items)
    known = [label for label, _ in items if label >= 0]
    present = sorted(set(known) | ({NIL} if with_nil else set()))
    expected = 0.0 * sum(p.sum() for p in module.parameters()) + 0.0 * vectors.sum()
    for item, (label, _) in enumerate(items):
        if label < 0:
            continue
        hidden = dropout > 0
        scores = naive_scores(module, vectors[item], candidates, item, hidden, label, present)
        right = scores["right"] if "right" in scores else scores[label]
        loss = torch.stack(list(scores.values())).logsumexp(0) - right
        expected = expected + (0.5 if label == NIL else 1.0) * loss / len(known)
    found = module.loss(vectors, labels, candidates)
    assert_close(found, expected)
    inputs = [vectors, *module.parameters()]
    pairs = zip(
        torch.autograd.grad(found, inputs, allow_unused=True),
        torch.autograd.grad(expected, inputs),
        strict=True,
    )
    for one, other in pairs:
        assert_close(torch.zeros_like(other) if one is None else one, other)


@given(some_items, st.booleans(), st.sampled_from([1, 13, 1000]), st.integers(0, 99))
def test_the_best_of_all_classes_and_candidates(
    items: List[Any], with_nil: bool, max_scores: int, seed: int
) -> None:
    torch.manual_seed(seed)
    module = build(with_nil, 0.5, max_scores=max_scores).eval()
    vectors, _, candidates = given_items(items)
    label, probability = module(vectors, candidates)
    classes = list(range(NUM_CLASSES)) if with_nil else list(range(1, NUM_CLASSES))
    for item in range(len(items)):
        scores = naive_scores(module, vectors[item], candidates, item, False, -1, classes)
        best = max(scores, key=lambda name: float(scores[name].detach()))
        expected = NUM_CLASSES + best[1] if isinstance(best, tuple) else best
        assert int(label[item]) == expected
        share = torch.stack(list(scores.values())).softmax(0).max().detach()
        assert_close(probability[item].double(), share, rtol=1e-4, atol=1e-6)


def test_candidates_are_those_of_the_spans_that_are_classified() -> None:
    spans = TextSpans(*torch.tensor([[0, 1, 2], [1, 0, 0]]).T)
    tensors = {
        "spans": torch.tensor([[0, 1, 2], [0, 1, 1], [1, 0, 0], [0, 1, 2]]),
        "labels": torch.tensor([4, 5, -2, -2]),
        "keys": torch.tensor([14, 15, 16, 17]),
        "scores": torch.tensor([0.1, 0.2, 0.3, 0.4]),
        "places": torch.tensor([0, 1, 0, 2]),
    }
    found = candidates_of(tensors, spans, num_rows=2, num_words=4)
    assert found.item.tolist() == [0, 1, 0]
    assert found.label.tolist() == [4, -2, -2]
    assert found.key.tolist() == [14, 16, 17]
    assert found.place.tolist() == [0, 0, 2]


def test_a_class_dropout_of_one_is_an_error() -> None:
    with pytest.raises(ConfigurationError):
        CandidateRescoring(class_dropout=1.0)
