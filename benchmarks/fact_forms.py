"""Compares SNERL's flat items of facts with the padded tensor of the paper's equations."""

import os
from typing import Any, List, NamedTuple

import torch
from torch import Tensor

from benchmarks.peak_memory import peak_memory
from benchmarks.timing import Comparison, NotMeasured, Side, compare
from bio_ie.models.snerl.entity_links import EntityLinks, entity_links
from bio_ie.models.snerl.fact_pooling import FactPooling
from bio_ie.models.snerl.mention_pairs import MentionPairs
from bio_ie.modules.poolings import SmaxPooling

NUM_CANDIDATES = 25
NUM_RELATIONS = 14
"""The number of relations of CTD, as in the paper."""
CONCEPTS_A_MENTION = 10
"""The number of different candidates divided by the number of mentions, about as in BC5CDR, where
mentions share many candidates."""
NUM_ENTITIES = 100
"""The number of entities that take part in a training step, n-."""
TOLERANCE = 1e-4
DENSE_COPIES = 7
"""The number of tensors of the full size that the dense form holds at once in its backward pass."""


class Evidence(NamedTuple):
    """The links and scores of one document that are pooled to facts."""

    mentions: Tensor
    """`[M]`, zeros: the row of each mention."""
    links: Tensor
    """`[P, 2]`: mention and entity of each link."""
    log_p: Tensor
    """`[P]`, `log p(e | m)`."""
    chosen: Tensor
    """`[E]`, bool: which entities take part."""
    scores: Tensor
    """`[M * M, R]`, s of eq. 2."""

    @classmethod
    def random(cls, num_mentions: int) -> "Evidence":
        generator = torch.Generator().manual_seed(0)
        num_concepts = CONCEPTS_A_MENTION * num_mentions
        # The candidates of a mention are neighbours, so mentions share candidates, as mentions with
        # similar names do.
        first = torch.randint(num_concepts, (num_mentions, 1), generator=generator)
        entity = (first + torch.arange(NUM_CANDIDATES)) % num_concepts
        mention = torch.arange(num_mentions).unsqueeze(1).expand_as(entity)
        log_p = torch.randn(entity.shape, generator=generator).log_softmax(1)
        chosen = torch.zeros(num_concepts, dtype=torch.bool)
        named = entity.unique()
        order = torch.randperm(len(named), generator=generator)
        chosen[named[order[:NUM_ENTITIES]]] = True
        return cls(
            torch.zeros(num_mentions, dtype=torch.long),
            torch.stack([mention.flatten(), entity.flatten()], dim=1),
            log_p.flatten().requires_grad_(),
            chosen,
            torch.randn(num_mentions**2, NUM_RELATIONS, generator=generator).requires_grad_(),
        )

    @property
    def dense_bytes(self) -> int:
        """The bytes of one tensor L x L x M x M x R in single precision."""
        return 4 * int(self.chosen.sum()) ** 2 * len(self.scores) * NUM_RELATIONS

    def entity_links(self) -> EntityLinks:
        return entity_links(
            self.links, self.log_p, torch.zeros_like(self.chosen).long(), self.chosen
        )


def flat_facts(evidence: Evidence, pooling: SmaxPooling) -> Tensor:
    """The logarithms of the probabilities of eq. 4, `[L * L, R]`, from flat items."""
    pairs = MentionPairs.of_rows(evidence.mentions, 1)
    parts = FactPooling(pooling)(evidence.entity_links(), evidence.scores, pairs)
    return torch.cat([part.scores for part in parts])


def dense_facts(evidence: Evidence, pooling: SmaxPooling) -> Tensor:
    """The probabilities of eq. 4, `[L * L, R]`, from a tensor of every mention for every entity.
    Mentions that may not name an entity are masked."""
    mention, entity = evidence.links.unbind(1)
    num_mentions, num_entities = len(evidence.mentions), len(evidence.chosen)
    p = evidence.log_p.new_zeros(num_entities, num_mentions)
    p = p.index_put((entity, mention), evidence.log_p.exp())[evidence.chosen]  # [L, M]
    links = p[:, None, :, None] * p[None, :, None, :]  # [L, L, M, M]
    relations = evidence.scores.sigmoid().view(num_mentions, num_mentions, -1)  # [M, M, R]
    values = (links.unsqueeze(-1) * relations).flatten(2, 3).flatten(0, 1)  # [L * L, M * M, R]
    impossible = (links == 0).flatten(2, 3).flatten(0, 1).unsqueeze(-1)
    weights = (values / pooling.temperature).masked_fill(impossible, -torch.inf).softmax(1)
    return (weights * values).sum(1)


class FactForms:
    """Compares both forms for the facts between 100 entities of one document, with their backward
    pass.

    # Parameters

    num_mentions : `int`
    """

    def __init__(self, num_mentions: int) -> None:
        self._evidence = Evidence.random(num_mentions)
        self._pooling = SmaxPooling()

    def comparison(self, row: str, repeats: int) -> Comparison:
        """Compares the times. The note of the comparison has the peak memories.

        Raises `NotMeasured`, with the memory of the flat form, if the dense form would take more
        than half of the machine's memory.
        """
        evidence = self._evidence
        what = f"{int(evidence.chosen.sum())} entities, {len(evidence.mentions)} mentions"
        results: List[Tensor] = []
        flat_bytes = peak_memory(lambda: results.append(self._flat(None)))
        needed = DENSE_COPIES * evidence.dense_bytes
        if needed > _memory_of_machine() / 2:
            raise NotMeasured(
                f"{what}: the dense tensors take {_size(needed)}, the flat items "
                f"{_size(flat_bytes)}, a factor of {needed / flat_bytes:,.0f}"
            )
        dense_bytes = peak_memory(lambda: results.append(self._dense(None)))
        torch.testing.assert_close(*results, atol=TOLERANCE, rtol=TOLERANCE)
        return compare(
            row,
            Side("flat items", self._flat, self._prepare),
            Side("dense tensor", self._dense, self._prepare),
            repeats,
            note=f"{what}; peak memory {_size(flat_bytes)} beside {_size(dense_bytes)}, a factor "
            f"of {dense_bytes / flat_bytes:,.0f}",
        )

    def _prepare(self, _: int) -> None:
        for tensor in (self._evidence.log_p, self._evidence.scores):
            tensor.grad = None

    def _flat(self, _: Any) -> Tensor:
        return _with_backward(flat_facts(self._evidence, self._pooling).exp())

    def _dense(self, _: Any) -> Tensor:
        return _with_backward(dense_facts(self._evidence, self._pooling))


def _with_backward(facts: Tensor) -> Tensor:
    facts.sum().backward()
    return facts.detach()


def _memory_of_machine() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _size(num_bytes: int) -> str:
    mebibytes = num_bytes / 2**20
    return f"{mebibytes:,.0f} MiB" if mebibytes < 1024 else f"{mebibytes / 1024:,.1f} GiB"
