"""The spans of a text that a name filter takes for names."""

import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import chain
from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

from bio_ie.knowledge.abbreviations import expand_abbreviations, is_word_character
from bio_ie.knowledge.name_filter import BEGINNING, NAME, NameFilter
from bio_ie.knowledge.normalization import fold_name, normalize_name
from bio_ie.text.document import Span

_MAX_WORDS = 1 << 18


class _Word(NamedTuple):
    """A word of a text, as it is compared with names.

    # Parameters

    folded : `str`
        The normal form (`fold_name`), which may begin and end with a space.
    after_space : `str`
        The normal form of a space and the word, without a space at the end.
    may_be : `int`
        What the filter says of the word alone.
    is_fixed : `bool`
        Whether the form is the same wherever the word stands.
    """

    folded: str
    after_space: str
    may_be: int
    is_fixed: bool


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
        words = [self._words[text[start:end]] for start, end in spans]
        # The places of words whose spans are looked at one by one.
        single = {place for place, word in enumerate(words) if not word.is_fixed}
        if abbreviations:
            expanded, entangled = _short_forms(text, spans, abbreviations)
            for place in expanded:
                start, end = spans[place]
                long_form = expand_abbreviations(text[start:end], abbreviations)
                words[place] = self._words[long_form]
                if not words[place].is_fixed:
                    single.add(place)
            single |= entangled
        tails = self._tails(text, spans, words, single)
        found: List[Span] = []
        end_of_stretch = 0
        for stretch in stretches:
            begin_of_stretch, end_of_stretch = end_of_stretch, end_of_stretch + len(stretch)
            for first in range(begin_of_stretch, end_of_stretch):
                may_be = words[first].may_be
                is_whole = tails[first + 1][:1] == " "
                if is_whole and not may_be and first not in single:
                    continue  # true of many words
                limit = min(first + self._max_width, end_of_stretch)
                known = limit
                if single:
                    known = next((place for place in range(first, limit) if place in single), limit)
                if known > first:
                    if may_be & NAME:
                        found.append(spans[first])
                    if is_whole and not may_be & BEGINNING:
                        continue
                    last_words, goes_on = self._last_words(words[first], tails, first + 1, known)
                    for last in last_words:
                        found.append((spans[first][0], spans[last][1]))
                    if not goes_on:
                        continue
                for last in range(known, limit):
                    start, end = spans[first][0], spans[last][1]
                    written = expand_abbreviations(text[start:end], abbreviations)
                    if self.names.look_up(normalize_name(written)) & NAME:
                        found.append((start, end))
        return found

    def _last_words(
        self, first: _Word, tails: Sequence[str], begin: int, end: int
    ) -> Tuple[List[int], bool]:
        """The last words, from `begin` to `end`, of spans with this first word that may be names.
        Also whether a longer span may be one."""
        look_up = self.names.look_up
        last_words = []
        normal = first.folded.strip()
        for place in range(begin, end):
            normal += tails[place]
            may_be = look_up(normal)
            if may_be & NAME:
                last_words.append(place)
            # Without a space, what follows belongs to the last word.
            if not may_be & BEGINNING and tails[place + 1][:1] == " ":
                return last_words, False
        return last_words, True

    def _tails(
        self, text: str, spans: Sequence[Span], words: Sequence[_Word], single: Set[int]
    ) -> List[str]:
        """What each word adds to the normal form of a span that goes on with it, in the end a
        space. Adds to `single` the words for which this depends on the words around them."""
        tails = [""]
        for place in range(1, len(spans)):
            gap = text[spans[place - 1][1] : spans[place][0]]
            if gap == " ":
                tails.append(words[place].after_space)
                continue
            between = _folded_gap(gap)
            if between is not None:
                before = " " if words[place - 1].folded[-1:] == " " else ""
                tail = _joined(_joined(before, between), words[place].folded)
                tails.append(tail.rstrip())
            else:
                tails.append("")
                single.add(place)
        tails.append(" ")
        return tails


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
        word = _Word(folded, f" {normal}", self._names.look_up(normal), is_fixed)
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
            elif covered and (not follows or starts[covered[0]] == begin):
                if not is_followed or ends[covered[-1]] == end:
                    entangled.update(covered)
            begin = text.find(form, begin + 1)
    return expanded, entangled
