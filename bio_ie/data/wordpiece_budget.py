"""Calculates how much text fits into the wordpieces that an encoder is given."""

from typing import Dict, List, Optional, Sequence, Tuple

from allennlp.data import TokenIndexer

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer


class WordpieceBudget:
    """Counts wordpieces as an encoder's indexer makes them. If no indexer makes wordpieces, each
    word counts as one.

    # Parameters

    token_indexers : `Dict[str, TokenIndexer]`
    max_wordpieces : `int`
        The most wordpieces of a text, special wordpieces included.
    """

    def __init__(self, token_indexers: Dict[str, TokenIndexer], max_wordpieces: int) -> None:
        self._indexers = [
            indexer
            for indexer in token_indexers.values()
            if isinstance(indexer, PretrainedTransformerWordsIndexer)
        ]
        special = max((indexer.num_special_wordpieces for indexer in self._indexers), default=0)
        self.num_wordpieces = max_wordpieces - special
        """The number of wordpieces that are left for the words."""

    def counts(
        self, words: Sequence[str], after_space: Optional[Sequence[bool]] = None
    ) -> List[int]:
        """The number of wordpieces of each word. If several indexers make wordpieces, the largest
        number counts.

        # Parameters

        words : `Sequence[str]`
        after_space : `Sequence[bool]`, optional
            Whether white space stands before each word; by default before all.
        """
        if not self._indexers:
            return [1] * len(words)
        counts_by_indexer = [
            indexer.wordpiece_counts(words, after_space) for indexer in self._indexers
        ]
        return [max(counts) for counts in zip(*counts_by_indexer, strict=True)]

    def parts(self, counts: Sequence[int]) -> List[Tuple[int, int]]:
        """Cuts words into the fewest stretches that fit, each as `(first, beyond)`. A single word
        that is too long to fit is a stretch of its own.

        # Parameters

        counts : `Sequence[int]`
            The wordpieces of each word.
        """
        parts = []
        first = total = 0
        for index, count in enumerate(counts):
            if index > first and total + count > self.num_wordpieces:
                parts.append((first, index))
                first, total = index, 0
            total += count
        return [*parts, (first, len(counts))]

    def context(self, own: int, before: Sequence[int], after: Sequence[int]) -> Tuple[int, int]:
        """How many words of the context before and after a text fit beside the text. The words
        nearest to the text are taken first. Each side gets half of the room, and the room that one
        side does not need goes to the other.

        # Parameters

        own : `int`
            The wordpieces of the text.
        before, after : `Sequence[int]`
            The wordpieces of each word of the context, in text order.
        """
        room = max(self.num_wordpieces - own, 0)
        room_before = max(room // 2, room - sum(after))
        num_before, used = _fitting(before[::-1], room_before)
        num_after, _ = _fitting(after, room - used)
        return num_before, num_after


def _fitting(counts: Sequence[int], room: int) -> Tuple[int, int]:
    """How many counts from the first on fit into `room` together, and their sum."""
    used = 0
    for number, count in enumerate(counts):
        if used + count > room:
            return number, used
        used += count
    return len(counts), used
