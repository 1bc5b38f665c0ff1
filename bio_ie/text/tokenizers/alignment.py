"""Finds the words of mentions that are given by character offsets."""

from bisect import bisect_left, bisect_right
from typing import Iterable, List, NamedTuple, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.text.document import Span

WordSpan = Tuple[int, int]
"""First and last word, both inclusive."""


class Alignment(NamedTuple):
    """What `align_tokens` returns.

    # Parameters

    token_spans : `List[Span]`
        The character offsets of the words, which are cut where the mode asks for it.
    word_spans : `List[Optional[WordSpan]]`
        The words of each mention, as indices into `token_spans`. `None` if the mention holds no
        word.
    inside_token : `int`
        The number of mentions that begin or end inside one of the given tokens. The mode decides
        what happens to them.
    changed : `int`
        The number of mentions whose words do not begin and end exactly where the mention does.
    lost : `int`
        The number of mentions that hold no word.
    """

    token_spans: List[Span]
    word_spans: List[Optional[WordSpan]]
    inside_token: int
    changed: int
    lost: int


def align_tokens(
    text: str, token_spans: Sequence[Span], mention_spans: Sequence[Span], mode: str = "split"
) -> Alignment:
    """Finds the words of each mention.

    # Parameters

    text : `str`
    token_spans : `Sequence[Span]`
        Character offsets in `text`, in order and without overlaps.
    mention_spans : `Sequence[Span]`
        Character offsets in `text`. Mentions may be nested or cross each other.
    mode : `str`, optional (default = `"split"`)
        What happens to a token in which a mention begins or ends. `"split"` cuts the token there,
        so that the mention is kept exactly. `"expand"` keeps the token whole and widens the mention
        to all of it.
    """
    if mode not in ("split", "expand"):
        raise ConfigurationError(f"alignment must be 'split' or 'expand', not {mode!r}")
    tokens = list(token_spans)
    inner = _inside_a_token({offset for span in mention_spans for offset in span}, tokens)
    inside_token = sum(start in inner or end in inner for start, end in mention_spans)
    if mode == "split" and inner:
        tokens = _cut(text, tokens, sorted(inner))

    starts, ends = [start for start, _ in tokens], [end for _, end in tokens]
    word_spans: List[Optional[WordSpan]] = []
    changed = 0
    for start, end in mention_spans:
        first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
        word_spans.append((first, last) if first <= last else None)
        changed += first <= last and (starts[first], ends[last]) != (start, end)
    return Alignment(tokens, word_spans, inside_token, changed, word_spans.count(None))


def _inside_a_token(offsets: Iterable[int], tokens: Sequence[Span]) -> "set[int]":
    ends = [end for _, end in tokens]
    inside = set()
    for offset in offsets:
        index = bisect_right(ends, offset)
        if index < len(tokens) and tokens[index][0] < offset:
            inside.add(offset)
    return inside


def _cut(text: str, tokens: Sequence[Span], offsets: Sequence[int]) -> List[Span]:
    """The tokens, cut at `offsets`, which are in ascending order and each inside a token. A
    corpus's own token may have white space at a cut. This white space belongs to neither piece."""
    pieces: List[Span] = []
    position = 0
    for start, end in tokens:
        while position < len(offsets) and offsets[position] < end:
            pieces.extend(_trimmed(text, start, offsets[position]))
            start = offsets[position]
            position += 1
        pieces.extend(_trimmed(text, start, end))
    return pieces


def _trimmed(text: str, start: int, end: int) -> List[Span]:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    stripped = piece.strip()
    return [(start, start + len(stripped))] if stripped else []
