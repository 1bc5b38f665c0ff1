"""From probabilities of mentions and pairs of mentions to those of facts."""

import math
from typing import Any, Callable, Iterator, List, NamedTuple, Optional, Tuple, Union

import torch
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from bio_ie.modules.entity_links import TIE, EntityLinks
from bio_ie.modules.mention_pairs import MentionPairs
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
    Eqs. 3 and 4 of paper 1. The evidence of a pair of mentions for a fact is
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
        the memory for them, however many there are: to about 12 numbers an item and column, 48
        bytes in single precision, in training (where all parts but the only one are computed a
        second time on the way back), and 9 out of it, plus 100 bytes an item for indices.
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
        least: Optional[float] = None,
        then: Callable[[FactScores], Any] = lambda part: part,
    ) -> Iterator[Any]:
        """
        # Parameters

        links : `EntityLinks`
        pair_scores : `torch.Tensor`
            `[pairs, columns]`: s of all `mention_pairs`.
        mention_pairs : `MentionPairs`
        least : `float`, optional
            Pairs of entities of which every fact is certain to be less probable are left out. For
            a pooling of logits, as far as these are those of a sigmoid.
        then : `Callable[[FactScores], Any]`, optional
            What is made of each part, without chance. It is computed again on the way back as well,
            so that of a part nothing stays in memory but what this gives.

        # Returns

        `Iterator[Any]`
            All pairs of entities of the same row, in parts, in order: `FactScores`, or what `then`
            gives. A pair without evidence has the score `EMPTY_LOGIT`.
        """
        pair_scores = at_least_single(pair_scores)
        log_least: Union[torch.Tensor, float, None] = None if least is None else math.log(least)
        if log_least is not None and self.of_logits and len(pair_scores):
            log_least = log_least - pair_scores.detach().amax()

        def part(start: int, end: int) -> Any:
            head, tail = self._pairs(links, start, end, len(mention_pairs.num_mentions))
            keep = self._keep(links, head, tail, log_least)
            if keep is not None:
                head, tail = head[keep], tail[keep]
            scores = self._scores(links, head, tail, pair_scores, mention_pairs)
            return then(FactScores(head, tail, scores))

        parts = self._parts(links, len(mention_pairs.num_mentions))
        for bounds in parts:
            if torch.is_grad_enabled() and len(parts) > 1:
                yield checkpoint(part, *bounds, use_reentrant=False, preserve_rng_state=False)
            else:
                yield part(*bounds)

    @staticmethod
    def _pairs(
        links: EntityLinks, start: int, end: int, num_rows: int
    ) -> Tuple[torch.Tensor, torch.Tensor]:
        """Heads from `start` to `end` (exclusive) with all entities of their rows, `[Q]` each."""
        entities_of = row_counts(links.row, num_rows)
        first_of = entities_of.cumsum(0) - entities_of
        owner, place = ranges(entities_of[links.row[start:end]])
        head = start + owner
        return head, first_of[links.row[head]] + place

    def _parts(self, links: EntityLinks, num_rows: int) -> List[Tuple[int, int]]:
        """First and last (exclusive) head entity of each part: one copy to the host a part."""
        links_of = links.num_links.new_zeros(num_rows).scatter_add(0, links.row, links.num_links)
        items = (links.num_links * links_of[links.row]).cumsum(0)
        parts: List[Tuple[int, int]] = []
        start = 0
        while start < len(items):
            before = items[start - 1] if start > 0 else items.new_zeros(())
            end = int(torch.searchsorted(items, before + self.max_items, right=True))
            parts.append((start, max(end, start + 1)))
            start = parts[-1][1]
        return parts or [(0, 0)]

    def _keep(
        self,
        links: EntityLinks,
        head: torch.Tensor,
        tail: torch.Tensor,
        log_least: Union[torch.Tensor, float, None],
    ) -> Optional[torch.Tensor]:
        keep = None
        if not self.with_same_entity:
            keep = head != tail
        if log_least is not None:
            # Every pooling is at most the sum, which is at most the largest times how many.
            most = links.log_p[links.first] + TIE + links.num_links.log()
            likely = most[head] + most[tail] >= log_least
            keep = likely if keep is None else keep & likely
        return None if keep is None else keep.nonzero().squeeze(1)

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
