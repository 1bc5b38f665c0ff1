"""Compares `FactPooling` with the padded tensor over all entities and all mentions, L x L x M x M x
R."""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import pytest
import torch
from allennlp.common import Params
from torch.nn import functional

from bio_ie.models.snerl.entity_links import TIE, EntityLinks, entity_links
from bio_ie.models.snerl.fact_pooling import FactPooling
from bio_ie.models.snerl.mention_pairs import MentionPairs
from bio_ie.modules.poolings import EMPTY_LOGIT, Pooling

POOLINGS: Dict[str, Dict[str, Any]] = {
    "smax": {"type": "smax", "initial_temperature": 0.3},
    "max": {"type": "max"},
    "mean": {"type": "mean"},
    "noisy_or": {"type": "noisy_or"},
    "logsumexp": {"type": "logsumexp"},
}
NUM_RELATIONS = 3


class Batch(NamedTuple):
    mention_rows: torch.Tensor
    entity_rows: torch.Tensor
    links: torch.Tensor
    log_p: torch.Tensor
    pair_scores: torch.Tensor

    @classmethod
    def random(cls, seed: int, sizes: List[Tuple[int, int]]) -> "Batch":
        """Random links of rows with these numbers of mentions and entities. Every entity has a
        mention."""
        torch.manual_seed(seed)
        links, first_mention, first_entity = [], 0, 0
        for num_mentions, num_entities in sizes:
            is_link = torch.rand(num_mentions, num_entities) < 0.4
            if num_mentions:
                is_link[torch.randint(num_mentions, (num_entities,)), range(num_entities)] = True
            links.append(is_link.nonzero() + torch.tensor([first_mention, first_entity]))
            first_mention, first_entity = first_mention + num_mentions, first_entity + num_entities
        all_links = torch.cat(links)
        rows = torch.arange(len(sizes))
        num_pairs = sum(num_mentions**2 for num_mentions, _ in sizes)
        return cls(
            rows.repeat_interleave(torch.tensor([m for m, _ in sizes])),
            rows.repeat_interleave(torch.tensor([e for _, e in sizes])),
            all_links,
            torch.rand(len(all_links), dtype=torch.double).log().requires_grad_(),
            torch.randn(num_pairs, NUM_RELATIONS, dtype=torch.double, requires_grad=True),
        )

    @property
    def num_rows(self) -> int:
        return int(self.mention_rows.max()) + 1

    def chosen_links(self, k: Optional[int] = None) -> EntityLinks:
        everything = torch.ones(len(self.entity_rows), dtype=torch.bool)
        return entity_links(self.links, self.log_p, self.entity_rows, everything, k)

    def dense(
        self, pooling: Pooling, k: Optional[int] = None, same_mention: bool = True
    ) -> torch.Tensor:
        """The pooled probability or logit, `[E, E, R]`, calculated from the tensor over all pairs
        of mentions; NaN without evidence."""
        num_entities, num_mentions = len(self.entity_rows), len(self.mention_rows)
        links = torch.full((num_entities, num_mentions), -torch.inf, dtype=torch.double)
        mention, entity = self.links.unbind(1)
        links = links.index_put((entity, mention), self.log_p)
        if k is not None:
            for number in range(num_entities):
                rounded = (links[number].detach() / TIE).round()
                order = rounded.argsort(descending=True, stable=True)
                links = links.index_put(
                    (torch.tensor(number), order[k:]), torch.tensor(-torch.inf).double()
                )
        same_row = self.mention_rows.unsqueeze(1) == self.mention_rows
        scores = torch.zeros(num_mentions, num_mentions, NUM_RELATIONS, dtype=torch.double)
        scores = scores.index_put(same_row.nonzero(as_tuple=True), self.pair_scores)
        possible = links > -torch.inf
        pair_possible = same_row.clone()
        if not same_mention:
            pair_possible &= ~torch.eye(num_mentions, dtype=torch.bool)
        # [L, L, M, M]
        mask = possible[:, None, :, None] & possible[None, :, None, :] & pair_possible
        logits = pooling.domain == "logits"
        result = []
        for head in range(num_entities):
            for tail in range(num_entities):
                i, j = mask[head, tail].nonzero(as_tuple=True)
                if not len(i):
                    result.append(torch.full((NUM_RELATIONS,), torch.nan, dtype=torch.double))
                    continue
                log_p = (links[head, i] + links[tail, j]).unsqueeze(1)
                items = log_p + scores[i, j] if logits else log_p.exp() * scores[i, j].sigmoid()
                result.append(pooling(items, torch.zeros(len(i), dtype=torch.long), 1)[0])
        return torch.stack(result).view(num_entities, num_entities, NUM_RELATIONS)

    def flat(
        self, facts: FactPooling, k: Optional[int] = None, least: Optional[float] = None
    ) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The heads, tails and scores of all parts together."""
        pairs = MentionPairs.of_rows(self.mention_rows, self.num_rows)
        links = self.chosen_links(k)
        parts = list(facts(links, self.pair_scores, pairs, least))
        head, tail, scores = (torch.cat(column) for column in zip(*parts, strict=True))
        return links.entity[head], links.entity[tail], scores


@pytest.fixture(params=POOLINGS)
def pooling(request: pytest.FixtureRequest) -> Pooling:
    return Pooling.from_params(Params(dict(POOLINGS[request.param]))).double()


SIZES = [(4, 3), (0, 0), (1, 2), (3, 5), (2, 1)]


def check_against_dense(
    batch: Batch, facts: FactPooling, k: Optional[int] = None, same_mention: bool = True
) -> None:
    dense = batch.dense(facts.pooling, k, same_mention)
    head, tail, scores = batch.flat(facts, k)
    same_row = batch.entity_rows.unsqueeze(1) == batch.entity_rows
    expected_pairs = same_row.nonzero()
    assert torch.equal(torch.stack([head, tail], 1), expected_pairs)
    expected = dense[head, tail]
    empty = expected.isnan()
    assert (scores[empty] == EMPTY_LOGIT).all()
    # entities with the same single mention have no evidence
    assert empty.any() == (not same_mention)
    pooled = scores if facts.of_logits else scores.exp()
    torch.testing.assert_close(pooled[~empty], expected[~empty], rtol=1e-9, atol=1e-9)
    inputs = [batch.log_p, batch.pair_scores, *facts.pooling.parameters()]
    weights = torch.randn(int((~empty).sum()), dtype=torch.double)
    ours = torch.autograd.grad((pooled[~empty] * weights).sum(), inputs)
    theirs = torch.autograd.grad((expected[~empty] * weights).sum(), inputs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_pooled_facts_and_gradients_are_those_of_the_dense_tensor(
    pooling: Pooling, seed: int
) -> None:
    check_against_dense(Batch.random(seed, SIZES), FactPooling(pooling))


def test_only_the_k_likeliest_mentions_take_part(pooling: Pooling) -> None:
    batch = Batch.random(3, [(6, 4), (5, 3)])
    check_against_dense(batch, FactPooling(pooling), k=2)
    all_scores = batch.flat(FactPooling(pooling))[2]
    assert not torch.equal(batch.flat(FactPooling(pooling), k=2)[2], all_scores)


def test_a_mention_may_be_kept_from_being_evidence_with_itself(pooling: Pooling) -> None:
    batch = Batch.random(4, SIZES)
    facts = FactPooling(pooling, with_same_mention=False)
    check_against_dense(batch, facts, same_mention=False)


def test_an_entity_may_be_kept_from_facts_with_itself(pooling: Pooling) -> None:
    batch = Batch.random(4, SIZES)
    head, tail, scores = batch.flat(FactPooling(pooling))
    different = head != tail
    found = batch.flat(FactPooling(pooling, with_same_entity=False))
    for one, other in zip(found, (head, tail, scores), strict=True):
        torch.testing.assert_close(one, other[different])


@pytest.mark.parametrize("max_items", [1, 7, 40])
def test_parts_give_the_same_numbers_and_gradients_as_the_whole(
    pooling: Pooling, max_items: int
) -> None:
    batch = Batch.random(5, SIZES)
    whole, parts = FactPooling(pooling), FactPooling(pooling, max_items)
    pairs = MentionPairs.of_rows(batch.mention_rows, batch.num_rows)
    assert len(list(parts(batch.chosen_links(), batch.pair_scores, pairs))) > 1
    expected, found = batch.flat(whole), batch.flat(parts)
    inputs = [batch.log_p, batch.pair_scores, *pooling.parameters()]
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)
    weights = torch.randn_like(expected[2])
    ours = torch.autograd.grad((found[2] * weights).sum(), inputs)
    theirs = torch.autograd.grad((expected[2] * weights).sum(), inputs)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("least", [0.01, 0.2, 0.9])
def test_what_is_left_out_is_less_probable(pooling: Pooling, least: float) -> None:
    batch = Batch.random(6, [(9, 8), (7, 9), (2, 2)])
    facts = FactPooling(pooling)
    with torch.no_grad():
        head, tail, scores = batch.flat(facts)
        found_head, found_tail, found = batch.flat(facts, least=least)
    log_p = functional.logsigmoid(scores) if facts.of_logits else scores
    everything = dict(zip(zip(head.tolist(), tail.tolist(), strict=True), scores, strict=True))
    kept = set(zip(found_head.tolist(), found_tail.tolist(), strict=True))
    if least == 0.9 and not facts.of_logits:  # a logit may be any number
        assert len(kept) < len(everything)
    for pair, value in zip(zip(head.tolist(), tail.tolist(), strict=True), log_p, strict=True):
        assert pair in kept or value.exp().max() < least
    for *pair, value in zip(found_head.tolist(), found_tail.tolist(), found, strict=True):
        torch.testing.assert_close(value, everything[tuple(pair)])


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_scores_are_pooled_in_single_precision(
    pooling: Pooling, dtype: torch.dtype
) -> None:
    batch = Batch.random(7, SIZES)
    half = batch._replace(
        log_p=batch.log_p.detach().float().requires_grad_(),
        pair_scores=(60 * batch.pair_scores.detach()).to(dtype).requires_grad_(),
    )
    scores = half.flat(FactPooling(pooling.float()))[2]
    assert scores.dtype == torch.float
    assert scores.isfinite().all()
    for gradient in torch.autograd.grad(scores.sum(), [half.log_p, half.pair_scores]):
        assert gradient.isfinite().all()
