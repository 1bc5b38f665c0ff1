"""Cuts the wordpieces of a long text into overlapping windows."""

from typing import List, Tuple

import numpy as np


def window_spans(word_of_piece: np.ndarray, size: int, overlap: int) -> List[Tuple[int, int]]:
    """Windows over wordpieces, as half-open ranges of pieces, in order.

    Windows begin and end between words and hold at most `size` pieces. A window shares at most
    `overlap` pieces with the next one. (Only the last window begins as early as its size allows,
    since that costs nothing.) Together the windows hold all pieces.

    # Parameters

    word_of_piece : `np.ndarray`
        The word of each piece, in ascending order. No word has more than `size` pieces.
        Shape: `[pieces]`.
    size, overlap : `int`
        With `0 <= overlap < size`.
    """
    num_pieces = len(word_of_piece)
    if num_pieces <= size:
        return [(0, num_pieces)]
    # A window may begin or end at the first piece of each word, and after the last piece.
    is_first = np.diff(word_of_piece, prepend=word_of_piece[0] - 1) != 0
    boundaries = np.append(np.flatnonzero(is_first), num_pieces)

    def boundary_at_or_before(position: int) -> int:
        return int(boundaries[np.searchsorted(boundaries, position, side="right") - 1])

    def boundary_at_or_after(position: int) -> int:
        return int(boundaries[np.searchsorted(boundaries, position)])

    windows = []
    start, end = 0, boundary_at_or_before(size)
    while end < num_pieces:
        windows.append((start, end))
        # If the next window began so early that the next word did not fit into it, it would not
        # advance.
        next_word_end = boundary_at_or_after(end + 1)
        start = boundary_at_or_after(max(end - overlap, next_word_end - size))
        end = boundary_at_or_before(start + size)
    windows.append((boundary_at_or_after(num_pieces - size), num_pieces))
    return windows


def window_of_most_context(word_of_piece: np.ndarray, windows: List[Tuple[int, int]]) -> np.ndarray:
    """For each piece, the window in which its word is farthest from a cut through the text.

    The beginning and the end of the text do not count as cuts. Of equally good windows, the first
    one is taken.

    # Returns

    `np.ndarray`
        Shape: `[pieces]`.
    """
    num_pieces = len(word_of_piece)
    # The first and the last piece of the word of each piece.
    firsts = np.searchsorted(word_of_piece, word_of_piece, side="left")
    lasts = np.searchsorted(word_of_piece, word_of_piece, side="right") - 1
    best = np.full(num_pieces, -1)
    chosen = np.zeros(num_pieces, dtype=np.int64)
    for index, (start, end) in enumerate(windows):
        left = firsts[start:end] - start if start > 0 else num_pieces
        right = end - 1 - lasts[start:end] if end < num_pieces else num_pieces
        context = np.minimum(left, right)
        is_better = context > best[start:end]
        chosen[start:end][is_better] = index
        best[start:end] = np.maximum(context, best[start:end])
    return chosen
