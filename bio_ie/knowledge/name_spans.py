"""The spans of texts that a name filter takes for names."""

from itertools import accumulate, pairwise
from typing import Iterator, List, Mapping, Sequence, Tuple

import numpy as np

from bio_ie.knowledge.abbreviations import expand_abbreviations
from bio_ie.knowledge.chunk_words import ChunkWords, Words
from bio_ie.knowledge.name_filter import BEGINNING, NAME, NameFilter
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.short_forms import expand_words
from bio_ie.knowledge.text_hash import MODULUS
from bio_ie.text.document import Span

_GROUP_CHARACTERS = 1 << 17
"""About so many characters are looked at together, however many texts there are."""


class NameSpans:
    """
    Finds the spans of texts that a `NameFilter` takes for names: all names, and some others. The
    hash of a span follows from those of its words, and no span is looked at whose words without the
    last one begin no name. The spans of many texts are looked at together.

    # Parameters

    names : `NameFilter`
    max_width : `int`
        The largest number of words in a span.
    """

    def __init__(self, names: NameFilter, max_width: int) -> None:
        self.names = names
        self._max_width = max_width
        self._words = ChunkWords(names.key)

    def find(
        self, texts: Sequence[str], abbreviations: Sequence[Mapping[str, str]]
    ) -> List[List[Span]]:
        """
        The spans of texts that may be names, ordered by start and then by end.

        # Parameters

        texts : `Sequence[str]`
        abbreviations : `Sequence[Mapping[str, str]]`
            For each text, the long forms by which short forms are looked up.
        """
        found: List[List[Span]] = []
        for group in _groups(texts):
            found += self._find(texts[group], abbreviations[group])
        return found

    def _find(
        self, texts: Sequence[str], abbreviations: Sequence[Mapping[str, str]]
    ) -> List[List[Span]]:
        words, text_begins = self._words.of(texts)
        offsets = [0, *accumulate(len(text) + 1 for text in texts)]
        for number, forms in enumerate(abbreviations):
            if forms:
                places = slice(text_begins[number], text_begins[number + 1])
                of_text = Words(*(values[places] for values in words))
                expand_words(of_text, self._words, texts[number], offsets[number], forms)
        firsts, lasts, unknown = self._walk(words)
        if len(unknown):
            more = self._one_by_one(unknown, words, text_begins, texts, abbreviations)
            firsts, lasts = (
                np.concatenate([known, np.array(places, np.int64)])
                for known, places in zip((firsts, lasts), more, strict=True)
            )
        order = np.lexsort((lasts, firsts))
        firsts, lasts = firsts[order], lasts[order]
        numbers = np.searchsorted(text_begins, firsts, side="right") - 1
        starts = (words.start[firsts] - np.take(offsets, numbers)).tolist()
        ends = (words.end[lasts] - np.take(offsets, numbers)).tolist()
        found = list(zip(starts, ends, strict=True))
        limits = np.searchsorted(numbers, np.arange(len(texts) + 1)).tolist()
        return [found[begin:end] for begin, end in pairwise(limits)]

    def _walk(self, words: Words) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
        """
        Looks up all spans whose hashes follow from those of their words.

        # Returns

        `np.ndarray`, `np.ndarray`
            The places of the first and of the last words of the spans that may be names.
        `np.ndarray`
            Spans that have to be looked at one by one, as rows: the place of the first word, that
            of the first one that may be the last, and that after the last one that may be.
        """
        breaks, hashes = words.breaks, words.hash
        first = last = places = np.arange(len(hashes))
        ends = np.searchsorted(breaks, breaks, side="right")
        ends = np.minimum(ends, places + self._max_width)
        next_single = _next_places(words.is_single)
        # Without a space, what follows belongs to the last word.
        is_more = np.append(~words.is_spaced[1:], False)
        firsts, lasts, unknown = [], [], []
        while len(first):
            is_known = next_single[first] > last
            if not is_known.all():
                first_unknown = first[~is_known]
                unknown.append(np.stack([first_unknown, last[~is_known], ends[first_unknown]], 1))
                first, last, hashes = first[is_known], last[is_known], hashes[is_known]
            marks = self.names.look_up_hashes(hashes)
            is_name = np.flatnonzero(marks & NAME)
            firsts.append(first[is_name])
            lasts.append(last[is_name])
            goes_on = ((marks & BEGINNING) > 0) | is_more[last]
            goes_on &= last + 1 < ends[first]
            first, last = first[goes_on], last[goes_on] + 1
            hashes = (hashes[goes_on] * words.shift[last] + words.tail[last]) % MODULUS
        none = np.zeros((0, 3), np.int64)
        return (
            np.concatenate([none[:, 0], *firsts]),
            np.concatenate([none[:, 0], *lasts]),
            np.concatenate([none, *unknown]),
        )

    def _one_by_one(
        self,
        unknown: np.ndarray,
        words: Words,
        text_begins: np.ndarray,
        texts: Sequence[str],
        abbreviations: Sequence[Mapping[str, str]],
    ) -> Tuple[List[int], List[int]]:
        """The same for spans with single words: the places of their first and last words."""
        joined = "\n".join(texts)
        starts, ends, is_single = (
            values.tolist() for values in (words.start, words.end, words.is_single)
        )
        numbers = np.searchsorted(text_begins, unknown[:, 0], side="right") - 1
        firsts, lasts = [], []
        for (first, begin, end), number in zip(unknown.tolist(), numbers.tolist(), strict=True):
            for last in range(begin, end):
                written = joined[starts[first] : ends[last]]
                expanded = expand_abbreviations(written, abbreviations[number])
                marks = self.names.look_up(normalize_name(expanded))
                if marks & NAME:
                    firsts.append(first)
                    lasts.append(last)
                if (
                    not marks & BEGINNING
                    and last + 1 < end
                    and not is_single[last + 1]
                    and joined[ends[last] : starts[last + 1]] == " "
                    and written.isascii()
                ):
                    break  # no short form is in the last word and the next one together
        return firsts, lasts


def _next_places(is_true: np.ndarray) -> np.ndarray:
    """For each place, the next one that is true, which may be itself, or the number of places."""
    (places,) = np.nonzero(is_true)
    return np.append(places, len(is_true))[np.searchsorted(places, np.arange(len(is_true)))]


def _groups(texts: Sequence[str]) -> Iterator[slice]:
    """Cuts texts into groups of about the same size."""
    begin = size = 0
    for end, text in enumerate(texts, 1):
        size += len(text)
        if size >= _GROUP_CHARACTERS or end == len(texts):
            yield slice(begin, end)
            begin, size = end, 0
