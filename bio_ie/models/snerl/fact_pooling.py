"""Pools the evidence of mentions and pairs of mentions into probabilities of facts."""

from typing import Any, Callable, Iterator, List, NamedTuple, Optional, Tuple, Union

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from bio_ie.models.snerl.entity_links import EntityLinks
from bio_ie.models.snerl.fact_bounds import FactBounds
from bio_ie.models.snerl.mention_pairs import MentionPairs
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.precision import at_least_single
from bio_ie.modules.ragged import ranges, row_counts, span_pair_items


class FactScores(NamedTuple):
    """The scores of ordered pairs of entities (`Q`)."""

    head: torch.Tensor
    """`[Q]`, index among the entities of `EntityLinks`, ascending. The tails of a head ascend
    too."""
    tail: torch.Tensor
    """`[Q]`, index among the entities of `EntityLinks`."""
    scores: torch.Tensor
    """`[Q, columns]`, in single precision at least: logarithms of probabilities, or logits."""


class FactPooling(torch.nn.Module):
    """
    Pools evidence into the scores of facts (eqs. 3 and 4 of SNERL). The evidence of a pair of
    mentions for a fact is `p(e1 | m_i) p(r | m_i, m_j) p(e2 | m_j)`; the evidence of all pairs of
    mentions that may name the two entities is pooled. Other pairs of mentions, whose evidence is 0,
    are left out: they count neither in the weights of `smax` nor in a mean.

    With a pooling of probabilities, logarithms of probabilities are pooled. With a pooling of
    logits (`logsumexp`), the logits `log p(e1 | m_i) + s(r, m_i, m_j) + log p(e2 | m_j)` are
    pooled.

    The items, which are pairs of mentions of pairs of entities, are flat, and nothing is padded,
    because an entity is a candidate of few mentions.

    # Parameters

    pooling : `Pooling`
    max_items : `int`, optional (default = `2_000_000`)
        About this number of items is processed at a time, but at least those of one head entity.
        This bounds the memory for items, however many there are, to `100 (1 + columns)` bytes per
        item in single precision; about half of that out of training, and where a pair of entities
        has many items. In training, if there is more than one part, all parts are computed a second
        time in the backward pass.
    with_same_entity : `bool`, optional (default = `True`)
        Whether there are facts of an entity with itself, as in eq. 4.
    with_same_mention : `bool`, optional (default = `True`)
        Whether a mention paired with itself may be evidence, as in eq. 4.
    """

    def __init__(
        self,
        pooling: Pooling,
        max_items: int = 2_000_000,
        with_same_entity: bool = True,
        with_same_mention: bool = True,
    ) -> None:
        super().__init__()
        self.pooling = pooling
        self.of_logits = pooling.domain == "logits"
        self.max_items = max_items
        self.with_same_entity = with_same_entity
        self.with_same_mention = with_same_mention

    def forward(
        self,
        links: EntityLinks,
        pair_scores: torch.Tensor,
        mention_pairs: MentionPairs,
        min_probability: Union[torch.Tensor, float, None] = None,
        apply: Callable[[FactScores], Any] = lambda part: part,
    ) -> Iterator[Any]:
        """
        # Parameters

        links : `EntityLinks`
        pair_scores : `torch.Tensor`
            `[pairs, columns]`: s of all `mention_pairs`.
        mention_pairs : `MentionPairs`
        min_probability : `Union[torch.Tensor, float]`, optional
            Pairs of entities are left out if `FactBounds` shows that all of their facts are less
            probable than this. They are left out before anything is computed of them. With a
            pooling of logits, this is right only if the logits are those of a sigmoid.
        apply : `Callable[[FactScores], Any]`, optional
            A function that is applied to each part. It must not be random, since it is computed
            again in the backward pass, so that only its result stays in memory.

        # Returns

        `Iterator[Any]`
            All pairs of entities of the same row, in parts, in order: `FactScores`, or the results
            of `apply`. A pair without evidence has the score `EMPTY_LOGIT`.
        """
        pair_scores = at_least_single(pair_scores)
        num_rows = len(mention_pairs.num_mentions)
        heads = tails = torch.arange(len(links.entity), device=links.entity.device)
        bounds: Optional[FactBounds] = None
        if min_probability is not None:
            lowest = torch.as_tensor(min_probability, device=heads.device).log()
            bounds = FactBounds.of(links, pair_scores, mention_pairs, self.pooling, lowest)
            heads, tails = bounds.ends(num_rows)

        def part(start: int, end: int) -> Any:
            head, tail = _pairs(heads[start:end], tails, links.row, num_rows)
            if not self.with_same_entity:
                different = (head != tail).nonzero().squeeze(1)
                head, tail = head[different], tail[different]
            if bounds is not None:
                likely = bounds.reach(head, tail).nonzero().squeeze(1)
                head, tail = head[likely], tail[likely]
            scores = self._scores(links, head, tail, pair_scores, mention_pairs)
            return apply(FactScores(head, tail, scores))

        parts = self._parts(links, heads, tails, num_rows)
        for ends in parts:
            if torch.is_grad_enabled() and len(parts) > 1:
                yield checkpoint(part, *ends, use_reentrant=False, preserve_rng_state=False)
            else:
                yield part(*ends)

    def _parts(
        self, links: EntityLinks, heads: torch.Tensor, tails: torch.Tensor, num_rows: int
    ) -> List[Tuple[int, int]]:
        """The first and the last (exclusive) place among `heads` of each part. This takes one copy
        to the host for each part."""
        links_of = links.num_links.new_zeros(num_rows)
        links_of = links_of.scatter_add(0, links.row[tails], links.num_links[tails])
        items = (links.num_links[heads] * links_of[links.row[heads]]).cumsum(0)
        parts: List[Tuple[int, int]] = []
        start = 0
        while start < len(items):
            before = items[start - 1] if start > 0 else items.new_zeros(())
            end = int(torch.searchsorted(items, before + self.max_items, right=True))
            parts.append((start, max(end, start + 1)))
            start = parts[-1][1]
        return parts or [(0, 0)]

    def _scores(
        self,
        links: EntityLinks,
        head: torch.Tensor,
        tail: torch.Tensor,
        pair_scores: torch.Tensor,
        mention_pairs: MentionPairs,
    ) -> torch.Tensor:
        """The scores of pairs of entities, `[Q, columns]`."""
        head_link, tail_link, pair = span_pair_items(
            links.first[head], links.num_links[head], links.first[tail], links.num_links[tail]
        )
        head_mention, tail_mention = links.mention[head_link], links.mention[tail_link]
        if not self.with_same_mention:
            different = (head_mention != tail_mention).nonzero().squeeze(1)
            head_link, tail_link, pair, head_mention, tail_mention = (
                part[different] for part in (head_link, tail_link, pair, head_mention, tail_mention)
            )
        scores = pair_scores[mention_pairs.place(head_mention, tail_mention)]
        log_p = (links.log_p[head_link] + links.log_p[tail_link]).unsqueeze(1)
        if self.of_logits:
            return self.pooling(log_p + scores, pair, len(head))
        return self.pooling.of_logs(log_p + functional.logsigmoid(scores), pair, len(head))


def _pairs(
    heads: torch.Tensor, tails: torch.Tensor, row: torch.Tensor, num_rows: int
) -> Tuple[torch.Tensor, torch.Tensor]:
    """Pairs each of the heads with all tails of its row; `[Q]` heads and `[Q]` tails."""
    tails_of = row_counts(row[tails], num_rows)
    first_of = tails_of.cumsum(0) - tails_of
    owner, place = ranges(tails_of[row[heads]])
    head = heads[owner]
    return head, tails[first_of[row[head]] + place]
