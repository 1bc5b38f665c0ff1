"""Marks the mentions of a text in HTML. Nested, crossing and discontinuous mentions are on
different layers.

Offsets count code points, so the text is cut here, in Python, and not in the browser, whose
strings are UTF-16.
"""

from dataclasses import dataclass
from typing import Callable, Iterator, List, Sequence, Tuple

from bio_ie.rendering.escaping import escape
from bio_ie.text.document import Document, Mention


@dataclass(frozen=True)
class Stretch:
    """A contiguous part of a mention. `gap` is true for the text between two fragments."""

    start: int
    end: int
    mention: int
    gap: bool


@dataclass(frozen=True)
class Piece:
    """The text that one HTML element marks: a mention, or the part of it between two element
    boundaries.

    # Parameters

    mention : `int`
        Index into `Document.mentions`.
    begins, ends : `bool`
        Whether the mention begins, and whether it ends, where the piece does.
    gap : `bool`
        Whether the piece is the text between two fragments of a discontinuous mention.
    """

    mention: int
    begins: bool
    ends: bool
    gap: bool


def layers(mentions: Sequence[Mention]) -> List[int]:
    """The layer of each mention's underline. Layer 0 is nearest to the text. Overlapping mentions
    are on different layers, with the shorter one on the lower layer."""
    result = [0] * len(mentions)
    for cluster in _overlapping(mentions):
        placed: List[int] = []
        for index in sorted(cluster, key=lambda i: (mentions[i].end - mentions[i].start, i)):
            mention = mentions[index]
            below = [
                result[other]
                for other in placed
                if mentions[other].start < mention.end and mention.start < mentions[other].end
            ]
            result[index] = max(below, default=-1) + 1
            placed.append(index)
    return result


def _overlapping(mentions: Sequence[Mention]) -> Iterator[List[int]]:
    """Groups of mentions that are connected by overlaps, so that `layers`, whose time is quadratic,
    only works on small groups."""
    cluster: List[int] = []
    reach = 0
    for index in sorted(range(len(mentions)), key=lambda i: mentions[i].start):
        if cluster and mentions[index].start >= reach:
            yield cluster
            cluster = []
        cluster.append(index)
        reach = max(reach, mentions[index].end)
    if cluster:
        yield cluster


def passages(
    document: Document, mentions: Sequence[Mention] = ()
) -> Iterator[Tuple[str, int, int]]:
    """The passages and the text outside them, in order, as `(type, start, end)`.

    Text outside any passage has the type `""`. It is left out if it is only white space, unless one
    of `mentions` begins or ends in it.
    """
    needed = {mention.start for mention in mentions} | {mention.end - 1 for mention in mentions}
    position = 0
    for passage in (*document.passages, None):
        until = passage.start if passage else len(document.text)
        if document.text[position:until].strip() or not needed.isdisjoint(range(position, until)):
            yield "", position, until
        if passage:
            yield passage.type, passage.start, passage.end
            position = passage.end


def mark_up(
    text: str,
    mentions: Sequence[Mention],
    start: int,
    end: int,
    open_tag: Callable[[Piece], str],
) -> str:
    """The HTML of `text[start:end]`: escaped, with every mention in `<mark>` elements.

    HTML elements must nest, but mentions may cross. So the element of a mention that crosses
    another one is closed and opened again. Together its pieces hold exactly the text of the
    mention.

    # Parameters

    text : `str`
    mentions : `Sequence[Mention]`
    start, end : `int`
    open_tag : `Callable[[Piece], str]`
        Returns the opening tag of a `mark` element.
    """
    stretches = [
        stretch
        for index, mention in enumerate(mentions)
        for stretch in _stretches(index, mention)
        if stretch.start < end and start < stretch.end
    ]
    # Longer stretches open first, so that nested mentions need not be cut.
    stretches.sort(key=lambda stretch: (stretch.start, -stretch.end, stretch.mention))
    borders = {start, end}
    for stretch in stretches:
        borders.update((max(stretch.start, start), min(stretch.end, end)))
    html: List[str] = []
    stack: List[Stretch] = []
    position, following = start, 0
    for border in sorted(borders):
        html.append(escape(text[position:border]))
        position = border
        kept = next((depth for depth, open_ in enumerate(stack) if open_.end <= border), len(stack))
        html.append("</mark>" * (len(stack) - kept))
        opening = [open_ for open_ in stack[kept:] if open_.end > border]
        del stack[kept:]
        while following < len(stretches) and stretches[following].start <= border < end:
            opening.append(stretches[following])
            following += 1
        for stretch in opening if border < end else ():
            stack.append(stretch)
            closes = min(min(open_.end for open_ in stack), end)
            html.append(open_tag(_piece(stretch, mentions[stretch.mention], border, closes)))
    html.append("</mark>" * len(stack))
    return "".join(html)


def _stretches(index: int, mention: Mention) -> Iterator[Stretch]:
    position = mention.start
    for start, end in mention.fragments or (mention.span,):
        if position < start:
            yield Stretch(position, start, index, gap=True)
        yield Stretch(start, end, index, gap=False)
        position = end


def _piece(stretch: Stretch, mention: Mention, start: int, end: int) -> Piece:
    return Piece(stretch.mention, start <= mention.start, end >= mention.end, stretch.gap)
