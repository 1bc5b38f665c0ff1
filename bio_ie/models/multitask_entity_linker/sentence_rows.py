"""Rows of several sentences, as sentences."""

from typing import Optional

import torch


class SentenceRows:
    """Lays out the words of rows by sentences and back: what is recurrent takes as many steps as
    the longest sentence has words, not the longest row, and each sentence is by itself.

    # Parameters

    mask : `torch.Tensor`
        `[B, S]`, bool, the words of rows.
    sentences : `torch.Tensor`, optional
        `[B, S]`, which sentence of its row each word is in, ascending. Default: a row is a
        sentence, and nothing changes.
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
        """`[M, L, D]`, of `[B, S, D]`; padding is 0."""
        return self._moved(x, self._row_mask, self.mask)

    def join(self, x: torch.Tensor) -> torch.Tensor:
        """`[B, S, D]`, of `[M, L, D]`; padding is 0."""
        return self._moved(x, self.mask, self._row_mask)

    def _moved(self, x: torch.Tensor, of: torch.Tensor, to: torch.Tensor) -> torch.Tensor:
        if not self._is_split:
            return x
        # Words are in the same order in both.
        return x.new_zeros(*to.shape, x.size(2)).masked_scatter(to.unsqueeze(2), x[of])
