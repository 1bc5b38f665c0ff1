from typing import List, NamedTuple, Tuple

import pytest
import torch
from allennlp.common import Params
from torch.nn import functional

from bio_ie.models.snerl.fact_bounds import FactBounds
from bio_ie.models.snerl.fact_pooling import FactPooling
from bio_ie.models.snerl.mention_pairs import MentionPairs
from bio_ie.modules.poolings import Pooling
from tests.models.snerl.test_fact_pooling import POOLINGS, Batch

SIZES = [(9, 8), (0, 0), (7, 9), (1, 2), (2, 2)]


class Given(NamedTuple):
    batch: Batch
    pooling: Pooling
    head: torch.Tensor
    tail: torch.Tensor
    log_p: torch.Tensor
    """The logarithm of the probability of the most probable fact of each pair."""

    @classmethod
    def random(cls, name: str, sizes: List[Tuple[int, int]]) -> "Given":
        pooling = Pooling.from_params(Params(dict(POOLINGS[name]))).double()
        batch = Batch.random(8, sizes)
        with torch.no_grad():
            head, tail, scores = batch.flat(FactPooling(pooling))
        logits = pooling.domain == "logits"
        log_p = (functional.logsigmoid(scores) if logits else scores).amax(1)
        return cls(batch, pooling, head, tail, log_p)

    @torch.no_grad()
    def bounds(self, least: float) -> FactBounds:
        batch = self.batch
        pairs = MentionPairs.of_rows(batch.mention_rows, batch.num_rows)
        log_least = torch.tensor(least).log()
        return FactBounds.of(
            batch.chosen_links(), batch.pair_scores, pairs, self.pooling, log_least
        )


@pytest.mark.parametrize("least", [1e-6, 0.05, 0.3, 0.6])
@pytest.mark.parametrize("name", POOLINGS)
def test_no_fact_is_likelier_than_its_bound(name: str, least: float) -> None:
    given = Given.random(name, SIZES)
    bounds = given.bounds(least)
    reach = bounds.reach(given.head, given.tail)
    assert (given.log_p[~reach].exp() < least).all()
    heads, tails = bounds.ends(given.batch.num_rows)
    assert torch.isin(given.head[reach], heads).all()
    assert torch.isin(given.tail[reach], tails).all()
    if least == 0.6 and not given.pooling.exceeds_largest:
        assert not reach.all()
        assert len(heads) < len(given.batch.entity_rows)


# Without logsumexp, because the sigmoid of its result is less than the probability.
@pytest.mark.parametrize("name", sorted(POOLINGS.keys() - {"logsumexp"}))
def test_the_bound_is_the_probability_where_there_is_one_mention(name: str) -> None:
    given = Given.random(name, [(1, 4)])
    for head, tail, log_p in zip(given.head, given.tail, given.log_p.exp(), strict=True):
        assert given.bounds(float(log_p)).reach(head, tail)
        assert not given.bounds(float(log_p) * 1.001).reach(head, tail)
