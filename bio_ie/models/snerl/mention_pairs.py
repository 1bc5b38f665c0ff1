"""All ordered pairs of mentions of the same document, including each mention with itself."""

from typing import NamedTuple, Tuple

import torch

from bio_ie.modules.ragged import ranges, row_counts


class MentionPairs(NamedTuple):
    """Pairs of the mentions of a batch, row by row, in lexicographic order."""

    offset: torch.Tensor
    """`[B]`, the place of the first pair of each row."""
    first: torch.Tensor
    """`[B]`, the first mention of each row."""
    num_mentions: torch.Tensor
    """`[B]`, the number of mentions of each row."""
    rows: torch.Tensor
    """`[M]`, the row of each mention, ascending."""

    @classmethod
    def of_rows(cls, rows: torch.Tensor, num_rows: int) -> "MentionPairs":
        """The pairs of mentions whose rows are `rows` `[M]`."""
        count = row_counts(rows, num_rows)
        first = count.cumsum(0) - count
        squares = count * count
        return cls(squares.cumsum(0) - squares, first, count, rows)

    def all(self) -> Tuple[torch.Tensor, torch.Tensor]:
        """The heads and the tails of all pairs, `[pairs]` each."""
        head, place = ranges(self.num_mentions[self.rows])
        return head, self.first[self.rows[head]] + place

    def place(self, head: torch.Tensor, tail: torch.Tensor) -> torch.Tensor:
        """The places of pairs of mentions of the same row among `all` pairs."""
        row = self.rows[head]
        return (
            self.offset[row]
            + (head - self.first[row]) * self.num_mentions[row]
            + tail
            - self.first[row]
        )
