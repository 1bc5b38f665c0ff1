"""How much text fits into the wordpieces that an encoder is given."""

from typing import Dict, List, Sequence, Tuple

from allennlp.data import TokenIndexer

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer


class WordpieceBudget:
    """Counts wordpieces as an encoder's indexer makes them; a word without such an indexer is one.

    # Parameters

    token_indexers : `Dict[str, TokenIndexer]`
    max_wordpieces : `int`
        Of a text, special ones included.
    """

    def __init__(self, token_indexers: Dict[str, TokenIndexer], max_wordpieces: int) -> None:
        self._indexers = [
            indexer
            for indexer in token_indexers.values()
            if isinstance(indexer, PretrainedTransformerWordsIndexer)
        ]
        special = max((indexer.num_special_wordpieces for indexer in self._indexers), default=0)
        self.num_wordpieces = max_wordpieces - special
        """For the words themselves."""

    def counts(self, words: Sequence[str]) -> List[int]:
        """Of each word, the most that an indexer makes of it."""
        if not self._indexers:
            return [1] * len(words)
        every = [indexer.wordpiece_counts(words) for indexer in self._indexers]
        return [max(counts) for counts in zip(*every, strict=True)]

    def parts(self, counts: Sequence[int]) -> List[Tuple[int, int]]:
        """Cuts words into the fewest stretches that fit, `(first, beyond)` each; a word too long
        for itself is a stretch."""
        parts = []
        first = total = 0
        for index, count in enumerate(counts):
            if index > first and total + count > self.num_wordpieces:
                parts.append((first, index))
                first, total = index, 0
            total += count
        return [*parts, (first, len(counts))]

    def context(self, own: int, before: Sequence[int], after: Sequence[int]) -> Tuple[int, int]:
        """How many words of a context fit beside a text, those nearest to it first: half of the
        room on either side, and what one side does not need on the other.

        # Parameters

        own : `int`
            Wordpieces of the text.
        before, after : `Sequence[int]`
            Wordpieces of each word of the context, in text order.
        """
        room = max(self.num_wordpieces - own, 0)
        room_before = max(room // 2, room - sum(after))
        num_before, used = _fitting(before[::-1], room_before)
        num_after, _ = _fitting(after, room - used)
        return num_before, num_after


def _fitting(counts: Sequence[int], room: int) -> Tuple[int, int]:
    """How many of the first fit, and what they take."""
    used = 0
    for number, count in enumerate(counts):
        if used + count > room:
            return number, used
        used += count
    return len(counts), used
