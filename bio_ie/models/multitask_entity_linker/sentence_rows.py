"""Splits rows of several sentences into sentences."""

from typing import Optional

import torch


class SentenceRows:
    """Rearranges the words of rows into sentences, and back. A recurrent encoder then takes as many
    steps as the longest sentence has words, not the longest row, and sees each sentence by itself.

    # Parameters

    mask : `torch.Tensor`
        `[B, S]`, bool, the words of rows.
    sentences : `torch.Tensor`, optional
        `[B, S]`, the sentence of its row that each word is in, ascending. By default each row is
        one sentence, and nothing changes.
    """

    def __init__(self, mask: torch.Tensor, sentences: Optional[torch.Tensor] = None) -> None:
        self._row_mask = mask
        self._is_split = sentences is not None
        self.mask = mask
        """`[M, L]`, bool, the words of `M` sentences."""
        if sentences is None:
            return
        row, word = mask.nonzero(as_tuple=True)
        key = row * (mask.size(1) + 1) + sentences[row, word]
        _, counts = key.unique_consecutive(return_counts=True)
        width = int(counts.max()) if len(counts) else 1
        self.mask = torch.arange(width, device=mask.device) < counts.unsqueeze(1)

    def split(self, x: torch.Tensor) -> torch.Tensor:
        """From rows to sentences, `[B, S, D]` -> `[M, L, D]`; padding is 0."""
        return self._moved(x, self._row_mask, self.mask)

    def join(self, x: torch.Tensor) -> torch.Tensor:
        """From sentences to rows, `[M, L, D]` -> `[B, S, D]`; padding is 0."""
        return self._moved(x, self.mask, self._row_mask)

    def _moved(self, x: torch.Tensor, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        if not self._is_split:
            return x
        # Words are in the same order in both layouts.
        return x.new_zeros(*target.shape, x.size(2)).masked_scatter(target.unsqueeze(2), x[source])
