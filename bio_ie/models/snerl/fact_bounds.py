"""How probable facts can be at most, known before they are computed."""

import math
from typing import NamedTuple, Tuple

import torch
from torch.nn import functional
from torch_geometric.utils import scatter

from bio_ie.models.snerl.entity_links import EntityLinks
from bio_ie.models.snerl.mention_pairs import MentionPairs
from bio_ie.modules.log_probabilities import segment_logsumexp
from bio_ie.modules.poolings import Pooling

_ROUNDING = 1e-4
"""By how much a logarithm may come out too small."""


class FactBounds(NamedTuple):
    """
    The evidence of a pair of mentions is `p(e1 | m_i) a(r, m_i, m_j) p(e2 | m_j)`, with a the
    probability of a relation, or e^s where logits are pooled. It is at most
    `[p(e1 | m_i) max a(r', m_i, m')] p(e2 | m_j)`, with the largest over all relations and mentions
    of the document: a number of the head times one of the tail. The same goes the other way round,
    and a pooled probability is at most the largest evidence or, as the pooling has it, the sum.
    """

    head: torch.Tensor
    """`[L]`, the logarithm of what an entity's links are at most with what their mentions can be
    heads of."""
    tail: torch.Tensor
    """`[L]`, the same of tails."""
    links: torch.Tensor
    """`[L]`, of its links alone."""
    row: torch.Tensor
    """`[L]`"""
    log_least: torch.Tensor
    """`[]`, of how probable facts have to be to be of interest."""

    @classmethod
    def of(
        cls,
        links: EntityLinks,
        pair_scores: torch.Tensor,
        mention_pairs: MentionPairs,
        pooling: Pooling,
        log_least: torch.Tensor,
    ) -> "FactBounds":
        """Of the facts between these entities; arguments as of `FactPooling`."""
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
            return scatter(of_links, entity, dim=0, dim_size=num_entities, reduce="max")

        alone = of_entities(links.log_p)
        head, tail = (
            of_entities(
                links.log_p
                + scatter(best, end, dim=0, dim_size=num_mentions, reduce="max")[links.mention]
            )
            for end in mention_pairs.all()
        )
        return cls(head, tail, alone, links.row, log_least - _ROUNDING)

    def ends(self, num_rows: int) -> Tuple[torch.Tensor, torch.Tensor]:
        """Heads and tails, ascending, of all facts that may be of interest, but not of these
        only."""
        best_head, best_tail, best = (
            scatter(end, self.row, dim=0, dim_size=num_rows, reduce="max")[self.row]
            for end in (self.head, self.tail, self.links)
        )
        heads = torch.minimum(self.head + best, self.links + best_tail)
        tails = torch.minimum(self.links + best_head, self.tail + best)
        heads, tails = ((end >= self.log_least).nonzero().squeeze(1) for end in (heads, tails))
        return heads, tails

    def reach(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """`[Q]`, bool: whether facts of these heads and tails may be of interest."""
        most = torch.minimum(self.head[head] + self.links[tail], self.links[head] + self.tail[tail])
        return most >= self.log_least
