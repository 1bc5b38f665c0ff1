"""Where the words and spans of texts are among the wordpieces that an encoder reads."""

from typing import NamedTuple

import torch
from torch import Tensor


class PieceSpans(NamedTuple):
    """Spans of wordpieces.

    # Parameters

    spans : `Tensor`
        `[M, 3]`, ascending by window: window, first and last piece in the window.
    numbers : `Tensor`
        `[M]`, the number of the span of words that each span of pieces stands for.
    """

    spans: Tensor
    numbers: Tensor


class PiecePlaces(NamedTuple):
    """The places of words among the wordpieces of all windows, laid end to end. Windows are those
    that the encoder reads, text after text.

    # Parameters

    first, last : `Tensor`
        `[B * W]`, the place of each word's first and last wordpiece. A word without a piece has the
        first one of the words after it, and the last one of the words before it.
    last_in_window : `Tensor`
        `[windows]`, the place of the last piece that counts for a word in each window.
    num_words, num_pieces : `int`
        The numbers of words W of a text, and of pieces of a window, padding included.
    """

    first: Tensor
    last: Tensor
    last_in_window: Tensor
    num_words: int
    num_pieces: int

    @classmethod
    def of_slots(cls, slots: Tensor, num_slots: int, num_words: int) -> "PiecePlaces":
        """
        # Parameters

        slots : `Tensor`
            `[windows, pieces]`, the word that each piece counts for, among those of all texts;
            `num_slots` for none.
        num_slots : `int`
            B * W.
        num_words : `int`
            W.
        """
        flat, none = slots.flatten(), slots.numel()
        places = torch.arange(none, device=slots.device)
        # One more slot takes the pieces of no word. The places of words ascend.
        first = places.new_full((num_slots + 1,), none).scatter_reduce(0, flat, places, "amin")
        last = places.new_full((num_slots + 1,), -1).scatter_reduce(0, flat, places, "amax")
        counted = torch.where(slots < num_slots, places.view_as(slots), -1)
        return cls(
            first[:-1].flip(0).cummin(0).values.flip(0),
            last[:-1].cummax(0).values,
            counted.amax(1),
            num_words,
            slots.size(1),
        )

    def of_spans(self, spans: Tensor) -> PieceSpans:
        """The pieces of spans of words. A span is in the window where its first piece counts, up to
        the last piece that counts there; a span without a piece is left out.

        # Parameters

        spans : `Tensor`
            `[N, 3]`: text, first and last word.
        """
        text, first_word, last_word = spans.unbind(1)
        first = self.first[text * self.num_words + first_word]
        last = self.last[text * self.num_words + last_word]
        numbers = (first <= last).nonzero().squeeze(1)
        window = first[numbers] // self.num_pieces
        window, order = window.sort(stable=True)
        numbers = numbers[order]
        last = torch.minimum(last[numbers], self.last_in_window[window])
        inside = [place % self.num_pieces for place in (first[numbers], last)]
        return PieceSpans(torch.stack([window, *inside], dim=1), numbers)
