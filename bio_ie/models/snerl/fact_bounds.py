"""Upper bounds on the probabilities of facts, known before these are computed."""

import math
from typing import NamedTuple, Tuple

import torch
from torch.nn import functional

from bio_ie.models.snerl.entity_links import EntityLinks
from bio_ie.models.snerl.mention_pairs import MentionPairs
from bio_ie.modules.log_probabilities import segment_logsumexp
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.segments import segment_max

_ROUNDING = 1e-4
"""The largest error by which a logarithm may come out too small."""


class FactBounds(NamedTuple):
    """
    Upper bounds on the probabilities of all facts between some entities.

    The evidence of a pair of mentions is `p(e1 | m_i) a(r, m_i, m_j) p(e2 | m_j)`, where a is the
    probability of a relation, or e^s where logits are pooled. It is at most
    `[p(e1 | m_i) max a(r', m_i, m')] p(e2 | m_j)`, where the maximum is over all relations and
    mentions of the document. This is a number of the head times a number of the tail. The same
    holds with head and tail exchanged. A pooled probability is at most the largest evidence or,
    depending on the pooling, the sum of the evidence.
    """

    head: torch.Tensor
    """`[L]`, the logarithm of the bound of an entity as a head: of its links, each times the
    largest a of the link's mention as a head."""
    tail: torch.Tensor
    """`[L]`, the same for an entity as a tail."""
    links: torch.Tensor
    """`[L]`, the logarithm of the bound of an entity's links alone."""
    row: torch.Tensor
    """`[L]`, the row of the entity."""
    log_min_probability: torch.Tensor
    """`[]`, the logarithm of the lowest probability of facts that are of interest."""

    @classmethod
    def of(
        cls,
        links: EntityLinks,
        pair_scores: torch.Tensor,
        mention_pairs: MentionPairs,
        pooling: Pooling,
        log_min_probability: torch.Tensor,
    ) -> "FactBounds":
        """The bounds of the facts between the entities of `links`. The arguments are those of
        `FactPooling`."""
        of_logits = pooling.domain == "logits"
        best = (
            pair_scores.amax(1) if pair_scores.size(1) else pair_scores.new_zeros(len(pair_scores))
        )
        best = best if of_logits else functional.logsigmoid(best)
        num_mentions, num_entities = len(mention_pairs.rows), len(links.entity)
        entity = torch.repeat_interleave(links.num_links)

        def of_entities(of_links: torch.Tensor) -> torch.Tensor:
            if pooling.exceeds_largest:
                return segment_logsumexp(of_links, entity, num_entities, -math.inf)
            return segment_max(of_links, entity, num_entities)

        alone = of_entities(links.log_p)
        head, tail = (
            of_entities(links.log_p + segment_max(best, end, num_mentions)[links.mention])
            for end in mention_pairs.all()
        )
        return cls(head, tail, alone, links.row, log_min_probability - _ROUNDING)

    def ends(self, num_rows: int) -> Tuple[torch.Tensor, torch.Tensor]:
        """The heads and the tails, ascending, that include those of all facts that may be of
        interest. Some pairs of them may be of no interest."""
        best_head, best_tail, best = (
            segment_max(end, self.row, num_rows)[self.row]
            for end in (self.head, self.tail, self.links)
        )
        heads = torch.minimum(self.head + best, self.links + best_tail)
        tails = torch.minimum(self.links + best_head, self.tail + best)
        heads, tails = (
            (end >= self.log_min_probability).nonzero().squeeze(1) for end in (heads, tails)
        )
        return heads, tails

    def reach(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """Whether facts of these heads and tails may be of interest, `[Q]`, bool."""
        most = torch.minimum(self.head[head] + self.links[tail], self.links[head] + self.tail[tail])
        return most >= self.log_min_probability
