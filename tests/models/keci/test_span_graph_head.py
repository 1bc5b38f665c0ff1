import pytest
import torch
from allennlp.common import FromParams, Lazy, Params
from torch.testing import assert_close

from bio_ie.models.keci.span_graph_head import SpanGraphHead
from bio_ie.modules.pair_scorers import PairScorer
from bio_ie.modules.ragged import ordered_pairs

DIM, TYPES, COLUMNS = 6, 3, 5


class Owner(FromParams):
    def __init__(self, pair_scorer: Lazy[PairScorer]) -> None:
        self.head = SpanGraphHead(
            input_dim=DIM,
            num_types=TYPES,
            num_relation_columns=COLUMNS,
            entity_hidden_dims=[7, 8],
            pair_scorer=pair_scorer,
            dropout=0.5,
        )


@pytest.fixture(params=["mlp", "biaffine", "linear"])
def head(request: pytest.FixtureRequest) -> SpanGraphHead:
    torch.manual_seed(0)
    scorer = {"type": request.param}
    if request.param == "mlp":
        scorer.update(hidden_dims=[7], combination="x,y,x*y")
    return Owner.from_params(Params({"pair_scorer": scorer})).head.double().eval()


@pytest.fixture
def spans() -> torch.Tensor:
    return torch.randn(4, DIM, dtype=torch.double, generator=torch.Generator().manual_seed(1))


def test_entities_have_a_score_for_none_and_for_each_type(
    head: SpanGraphHead, spans: torch.Tensor
) -> None:
    scores = head.entities(spans)
    assert scores.shape == (4, TYPES + 1)
    for span, score in zip(spans, scores, strict=True):  # each span by itself
        assert_close(head.entities(span.unsqueeze(0))[0], score)
    *hidden, last = head.entity_scorer._linear_layers
    assert [layer.out_features for layer in hidden] == [7, 8]
    by_hand = spans
    for layer in hidden:
        by_hand = torch.relu(by_hand @ layer.weight.T + layer.bias)
    assert_close(scores, by_hand @ last.weight.T + last.bias)


def test_relations_have_a_score_for_each_column_and_order(
    head: SpanGraphHead, spans: torch.Tensor
) -> None:
    pairs = ordered_pairs(torch.tensor([0, 0, 0, 1]), 2)
    scores = head.relations(spans, *pairs)
    assert scores.shape == (6, COLUMNS)
    for pair, (first, second) in enumerate(zip(*pairs, strict=True)):
        two = torch.stack([spans[first], spans[second]])
        alone = head.relations(two, torch.tensor([0]), torch.tensor([1]))
        assert_close(alone[0], scores[pair])
    assert not torch.allclose(scores[0], scores[2])  # (0, 1) and (1, 0)


def test_dropout_is_in_the_hidden_layers_of_training_alone(
    head: SpanGraphHead, spans: torch.Tensor
) -> None:
    assert torch.equal(head.entities(spans), head.entities(spans))
    head.train()
    assert not torch.equal(head.entities(spans), head.entities(spans))


def test_no_spans_are_no_scores(head: SpanGraphHead) -> None:
    none = torch.zeros(0, dtype=torch.long)
    empty = torch.zeros(0, DIM, dtype=torch.double)
    assert head.entities(empty).shape == (0, TYPES + 1)
    assert head.relations(empty, none, none).shape == (0, COLUMNS)
