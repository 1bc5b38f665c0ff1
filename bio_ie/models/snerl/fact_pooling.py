"""From probabilities of mentions and pairs of mentions to those of facts."""

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
    """Of ordered pairs of entities (`Q`)."""

    head: torch.Tensor
    """`[Q]`, index among the entities of `EntityLinks`; ascending, and so are its tails."""
    tail: torch.Tensor
    """`[Q]`"""
    scores: torch.Tensor
    """`[Q, columns]`, in single precision at least: logarithms of probabilities, or logits."""


class FactPooling(torch.nn.Module):
    """
    Eqs. 3 and 4 of SNERL. The evidence of a pair of mentions for a fact is
    `p(e1 | m_i) p(r | m_i, m_j) p(e2 | m_j)`; the evidence of all pairs of mentions that may name
    the two entities is pooled. Pairs of mentions that may not, whose evidence is 0, have no part in
    it: neither in the weights of `smax` nor in a mean.

    With a pooling of probabilities this happens in the logarithm. With one of logits (`logsumexp`),
    the logits `log p(e1 | m_i) + s(r, m_i, m_j) + log p(e2 | m_j)` are pooled.

    The items, which are pairs of mentions of pairs of entities, are flat, and nothing is padded:
    an entity is a candidate of few mentions.

    # Parameters

    pooling : `Pooling`
    max_items : `int`, optional (default = `2_000_000`)
        About so many items are worked on at a time, those of one head entity at least. This bounds
        the memory for them, however many there are: to `100 (1 + columns)` bytes an item in single
        precision, and about half of that out of training and where an item is one of many. In
        training all parts but the only one are computed a second time on the way back.
    with_same_entity : `bool`, optional (default = `True`)
        Whether there are facts of an entity with itself, as in eq. 4.
    with_same_mention : `bool`, optional (default = `True`)
        Whether a mention may be evidence together with itself, as in eq. 4.
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
        least: Union[torch.Tensor, float, None] = None,
        then: Callable[[FactScores], Any] = lambda part: part,
    ) -> Iterator[Any]:
        """
        # Parameters

        links : `EntityLinks`
        pair_scores : `torch.Tensor`
            `[pairs, columns]`: s of all `mention_pairs`.
        mention_pairs : `MentionPairs`
        least : `Union[torch.Tensor, float]`, optional
            Pairs of entities of which every fact is certain to be less probable are left out, with
            those of `FactBounds` before anything is computed of them. For a pooling of logits, as
            far as these are those of a sigmoid.
        then : `Callable[[FactScores], Any]`, optional
            What is made of each part, without chance. It is computed again on the way back as well,
            so that of a part nothing stays in memory but what this gives.

        # Returns

        `Iterator[Any]`
            All pairs of entities of the same row, in parts, in order: `FactScores`, or what `then`
            gives. A pair without evidence has the score `EMPTY_LOGIT`.
        """
        pair_scores = at_least_single(pair_scores)
        num_rows = len(mention_pairs.num_mentions)
        heads = tails = torch.arange(len(links.entity), device=links.entity.device)
        bounds: Optional[FactBounds] = None
        if least is not None:
            log_least = torch.as_tensor(least, device=heads.device).log()
            bounds = FactBounds.of(links, pair_scores, mention_pairs, self.pooling, log_least)
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
            return then(FactScores(head, tail, scores))

        parts = self._parts(links, heads, tails, num_rows)
        for ends in parts:
            if torch.is_grad_enabled() and len(parts) > 1:
                yield checkpoint(part, *ends, use_reentrant=False, preserve_rng_state=False)
            else:
                yield part(*ends)

    def _parts(
        self, links: EntityLinks, heads: torch.Tensor, tails: torch.Tensor, num_rows: int
    ) -> List[Tuple[int, int]]:
        """First and last (exclusive) place among `heads` of each part: one copy to the host a
        part."""
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
        """`[Q, columns]`."""
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
    """Each of some heads with all tails of its row, `[Q]` each."""
    tails_of = row_counts(row[tails], num_rows)
    first_of = tails_of.cumsum(0) - tails_of
    owner, place = ranges(tails_of[row[heads]])
    head = heads[owner]
    return head, tails[first_of[row[head]] + place]
