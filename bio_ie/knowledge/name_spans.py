"""The spans of a text that a name filter takes for names."""

import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import chain
from typing import Dict, List, Mapping, Optional, Sequence, Set, Tuple

from bio_ie.knowledge.abbreviations import expand_abbreviations, is_word_character
from bio_ie.knowledge.name_filter import BEGINNING, NAME, NameFilter
from bio_ie.knowledge.normalization import fold_name, normalize_name
from bio_ie.text.document import Span

_MAX_WORDS = 1 << 18


_Word = Tuple[str, str, str, int, bool]
"""A word of a text, as it is compared with names:

* its normal form (`fold_name`), which may begin and end with a space
* the same without these spaces
* the same with one space, before it
* what the filter says of the word alone
* whether the form is the same wherever the word stands

This is a plain tuple, because Python's garbage collector soon forgets plain tuples of strings."""


class NameSpans:
    """
    Finds the spans of a text that a `NameFilter` takes for names: all names, and some others. The
    normal form of a span is put together from those of its words, and no span is looked at whose
    words without the last one begin no name.

    # Parameters

    names : `NameFilter`
    max_width : `int`
        The largest number of words in a span.
    """

    def __init__(self, names: NameFilter, max_width: int) -> None:
        self.names = names
        self._max_width = max_width
        self._words = _Words(names)

    def find(
        self, text: str, stretches: Sequence[Sequence[Span]], abbreviations: Mapping[str, str]
    ) -> List[Span]:
        """
        The spans of a text that may be names.

        # Parameters

        text : `str`
        stretches : `Sequence[Sequence[Span]]`
            The words of the text, in runs beyond which no span extends.
        abbreviations : `Mapping[str, str]`
            The long forms by which short forms are looked up.
        """
        spans = list(chain.from_iterable(stretches))
        if not spans:
            return []
        words = [self._words[text[start:end]] for start, end in spans]
        # The places of words whose spans are looked at one by one.
        single: Set[int] = set()
        if abbreviations:
            expanded, single = _short_forms(text, spans, abbreviations)
            for place in expanded:
                start, end = spans[place]
                words[place] = self._words[expand_abbreviations(text[start:end], abbreviations)]
        folded, normals, after_space, may_be, is_fixed = zip(*words, strict=True)
        if not all(is_fixed):
            single.update(place for place, fixed in enumerate(is_fixed) if not fixed)
        tails = _tails(text, spans, folded, after_space, single)
        space_follows = [tail[:1] == " " for tail in tails[1:]]
        next_single = _next_places(single, len(words))
        look_up = self.names.look_up
        found: List[Span] = []
        end_of_stretch = 0
        for stretch in stretches:
            begin_of_stretch, end_of_stretch = end_of_stretch, end_of_stretch + len(stretch)
            for first in range(begin_of_stretch, end_of_stretch):
                known, it_is = next_single[first], may_be[first]
                if known > first:
                    if it_is & NAME:
                        found.append(spans[first])
                    if space_follows[first] and not it_is & BEGINNING:
                        continue  # true of many words
                start, limit = spans[first][0], min(first + self._max_width, end_of_stretch)
                normal = normals[first]
                for last in range(first + 1, min(known, limit)):
                    normal += tails[last]
                    it_is = look_up(normal)
                    if it_is & NAME:
                        found.append((start, spans[last][1]))
                    # Without a space, what follows belongs to the last word.
                    if space_follows[last] and not it_is & BEGINNING:
                        break
                else:
                    for last in range(known, limit):
                        end = spans[last][1]
                        written = expand_abbreviations(text[start:end], abbreviations)
                        if look_up(normalize_name(written)) & NAME:
                            found.append((start, end))
        return found


def _tails(
    text: str,
    spans: Sequence[Span],
    folded: Sequence[str],
    after_space: Sequence[str],
    single: Set[int],
) -> List[str]:
    """What each word adds to the normal form of a span that goes on with it, in the end a space.
    Adds to `single` the words for which this depends on the words around them."""
    tails = [""]
    for place in range(1, len(spans)):
        gap = text[spans[place - 1][1] : spans[place][0]]
        if gap == " ":
            tails.append(after_space[place])
            continue
        between = _folded_gap(gap)
        if between is None:
            tails.append("")
            single.add(place)
        else:
            before = " " if folded[place - 1][-1:] == " " else ""
            tails.append(_joined(_joined(before, between), folded[place]).rstrip())
    tails.append(" ")
    return tails


def _next_places(places: Set[int], length: int) -> List[int]:
    """For each number below `length`, the smallest of some places that is not less, or `length`."""
    if not places:
        return [length] * length
    following = []
    for place in range(length - 1, -1, -1):
        if place in places:
            length = place
        following.append(length)
    return following[::-1]


class _Words(Dict[str, _Word]):
    """A cache of words. It is cleared when it has `_MAX_WORDS` of them."""

    def __init__(self, names: NameFilter) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, written: str) -> _Word:
        if len(self) >= _MAX_WORDS:
            self.clear()
        folded = fold_name(written)
        normal = folded.strip()
        is_fixed = bool(normal) and _folds_alone(written)
        word = folded, normal, f" {normal}", self._names.look_up(normal), is_fixed
        self[written] = word
        return word


@lru_cache(maxsize=1 << 12)
def _folded_gap(text: str) -> Optional[str]:
    """The normal form of what is between two words; `None` if it depends on them."""
    return fold_name(text) if _folds_alone(text) else None


def _folds_alone(text: str) -> bool:
    """Whether the normal form of a piece of text does not depend on what is before and after it.
    The lower case of a capital sigma does."""
    return text.isascii() or "\u03a3" not in unicodedata.normalize("NFKD", text)


def _joined(first: str, second: str) -> str:
    """Two neighbouring parts in their normal forms, as one part."""
    return first + second[1:] if first[-1:] == " " == second[:1] else first + second


def _short_forms(
    text: str, spans: Sequence[Span], abbreviations: Mapping[str, str]
) -> Tuple[Set[int], Set[int]]:
    """The places of words in which short forms are expanded in each span with the word, and the
    places of words in which this depends on the span, as in those of `IL-2`."""
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
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
