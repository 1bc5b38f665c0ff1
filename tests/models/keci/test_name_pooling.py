import pytest
import torch
from allennlp.common.checks import ConfigurationError
from torch.testing import assert_close

from bio_ie.models.keci.name_pooling import NamePooling
from bio_ie.modules.poolings import (
    AttentionPooling,
    LogsumexpPooling,
    MaxPooling,
    MeanPooling,
    Pooling,
    SmaxPooling,
)
from bio_ie.modules.ragged import ordered_pairs
from bio_ie.modules.text_spans import enumerate_spans


def naive(pooling: Pooling, scores: torch.Tensor, keys: list) -> torch.Tensor:
    rows = []
    for key in keys:
        same = scores[[other for other, its_key in enumerate(keys) if its_key == key]]
        if isinstance(pooling, LogsumexpPooling):
            rows.append(same.exp().sum(0).log())
        elif isinstance(pooling, MaxPooling):
            rows.append(same.softmax(-1).amax(0).log())
        else:
            rows.append(same.softmax(-1).mean(0).log())
    return torch.stack(rows)


@pytest.mark.parametrize("pooling", [LogsumexpPooling(), MeanPooling(), MaxPooling()])
def test_scores_and_gradients_are_those_of_names_one_by_one(pooling: Pooling) -> None:
    torch.manual_seed(0)
    word_keys = torch.tensor([11, 12, 13])[torch.randint(3, (2, 7))]
    spans = enumerate_spans(torch.zeros_like(word_keys), 2)
    names = [
        (row, tuple(word_keys[row, first : last + 1].tolist()))
        for row, first, last in zip(*(part.tolist() for part in spans), strict=True)
    ]
    head, tail = ordered_pairs(spans.row, 2)
    pairs = [(names[h], names[t]) for h, t in zip(head.tolist(), tail.tolist(), strict=True)]
    assert len(set(names)) < len(names)
    assert len(set(pairs)) < len(pairs)

    by_name = NamePooling(pooling, pooling)
    numbers = by_name.names(word_keys, spans)
    entities = torch.randn(len(names), 4, dtype=torch.double, requires_grad=True)
    relations = torch.randn(len(pairs), 3, dtype=torch.double, requires_grad=True)
    for scores, pooled, keys in (
        (entities, by_name.entities(entities, numbers), names),
        (relations, by_name.relations(relations, numbers, head, tail), pairs),
    ):
        expected = naive(pooling, scores, keys)
        assert_close(pooled, expected)
        weights = torch.randn_like(scores)
        assert_close(
            *(torch.autograd.grad((part * weights).sum(), scores) for part in (pooled, expected))
        )


def test_without_poolings_scores_stay_as_they_are() -> None:
    by_name = NamePooling()
    spans = enumerate_spans(torch.zeros(1, 3, dtype=torch.long), 1)
    scores = torch.randn(3, 2)
    assert by_name.names(None, spans) is None
    assert by_name.entities(scores, None) is scores
    assert by_name.relations(scores, None, spans.row, spans.row) is scores


def test_no_span_is_ordinary() -> None:
    by_name = NamePooling(MeanPooling(), LogsumexpPooling())
    spans = enumerate_spans(torch.full((1, 3), -1), 2)
    names = by_name.names(torch.zeros(1, 3, dtype=torch.long), spans)
    assert by_name.entities(torch.zeros(0, 4), names).shape == (0, 4)
    none = torch.zeros(0, dtype=torch.long)
    assert by_name.relations(torch.zeros(0, 2), names, none, none).shape == (0, 2)


def test_temperatures_are_metrics() -> None:
    assert NamePooling(MeanPooling(), LogsumexpPooling()).get_metrics() == {}
    metrics = NamePooling(SmaxPooling(0.2), SmaxPooling()).get_metrics()
    assert metrics == pytest.approx({"name_temperature": 0.2, "name_pair_temperature": 0.1})


def test_what_cannot_be_pooled_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="name_pooling of keci pools logits"):
        NamePooling(spans=AttentionPooling(3))
    with pytest.raises(ConfigurationError, match="name_pair_pooling of keci pools logits"):
        NamePooling(pairs=MeanPooling(), of_softmax=False)
    NamePooling(spans=MeanPooling(), of_softmax=False)
