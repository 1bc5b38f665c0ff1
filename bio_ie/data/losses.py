"""Counts of what a reader loses or changes while it reads, for messages to the user."""

from collections import Counter

from bio_ie.text.counted import Phrase
from bio_ie.text.words import AlignedSentence

Losses = Counter[Phrase]
"""How often each kind of loss or change happened."""


CROSSING = Phrase(
    "mentions cross the end of their sentence", one="mention crosses the end of its sentence"
)
_DISCONTINUOUS = Phrase(
    "discontinuous mentions were taken from end to end",
    one="discontinuous mention was taken from end to end",
)
_WORDLESS = Phrase("mentions hold no word", one="mention holds no word")


def count_misaligned(aligned: AlignedSentence, losses: Losses) -> None:
    """Adds to `losses` the mentions of a sentence that words cannot express exactly."""
    losses[CROSSING] += aligned.num_crossing
    losses[_DISCONTINUOUS] += aligned.num_discontinuous
    losses[_WORDLESS] += aligned.alignment.lost
