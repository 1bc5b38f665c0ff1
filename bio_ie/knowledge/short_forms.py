"""Expands the abbreviations among the words of a text."""

from bisect import bisect_left, bisect_right
from typing import Mapping, Sequence, Set, Tuple

from bio_ie.knowledge.abbreviations import expand_abbreviations, is_word_character
from bio_ie.knowledge.chunk_words import ChunkWords, Words


def expand_words(
    words: Words, chunk_words: ChunkWords, text: str, offset: int, abbreviations: Mapping[str, str]
) -> None:
    """
    Gives words that are short forms, or have one, the hashes of what they are looked up by.

    # Parameters

    words : `Words`
        The words of a text, which are changed.
    chunk_words : `ChunkWords`
    text : `str`
    offset : `int`
        What offsets of words have more than those in the text.
    abbreviations : `Mapping[str, str]`
        The long forms by which short forms are looked up.
    """
    starts, ends = (words.start - offset).tolist(), (words.end - offset).tolist()
    expanded, single = _short_forms(text, starts, ends, abbreviations)
    is_spaced = [*words.is_spaced.tolist(), True]
    for place in expanded:
        written = expand_abbreviations(text[starts[place] : ends[place]], abbreviations)
        hashes = chunk_words.hashes_of(written)
        if hashes is not None and is_spaced[place] and is_spaced[place + 1]:
            words.hash[place], words.tail[place], words.shift[place] = hashes
        else:
            single.add(place)
    words.is_single[list(single)] = True


def _short_forms(
    text: str, starts: Sequence[int], ends: Sequence[int], abbreviations: Mapping[str, str]
) -> Tuple[Set[int], Set[int]]:
    """The places of words in which short forms are expanded in each span with the word, and the
    places of words in which this depends on the span, as in those of `IL-2`."""
    expanded: Set[int] = set()
    entangled: Set[int] = set()
    for form in abbreviations:
        begin = text.find(form)
        while begin >= 0:
            end = begin + len(form)
            covered = range(bisect_right(ends, begin), bisect_left(starts, end))
            # A short form is expanded where no letter is next to it, be it because a span begins or
            # ends there.
            follows = is_word_character(text[begin - 1 : begin])
            is_followed = is_word_character(text[end : end + 1])
            if not follows and not is_followed:
                (expanded if len(covered) == 1 else entangled).update(covered)
            elif (
                covered
                and (not follows or starts[covered[0]] == begin)
                and (not is_followed or ends[covered[-1]] == end)
            ):
                entangled.update(covered)
            begin = text.find(form, begin + 1)
    return expanded, entangled
