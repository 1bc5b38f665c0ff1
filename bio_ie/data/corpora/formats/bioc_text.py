"""The text of a BioC document, and what the offsets of the file mean in it."""

from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import bioc

from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.text.document import Span

_LONGEST_GAP = 10_000_000
"""The longest gap between passages, in characters. Without a limit, a broken offset could take all
memory."""

Unit = Callable[[str], int]
"""The length of a text in some unit."""

CHARACTERS: Unit = len

OTHER_UNITS: Dict[str, Unit] = {
    "bytes": lambda text: len(text.encode("utf-8")),
    "UTF-16 code units": lambda text: len(text.encode("utf-16-le")) // 2,
}
"""What some programs count in place of characters. The standard asks for characters."""


class PlacedPassage(NamedTuple):
    """A passage and where its text begins in the text of the document. It `is_moved` if its offset
    is inside the passage before it."""

    passage: bioc.BioCPassage
    text: str
    start: int
    is_moved: bool


class BiocText:
    """The text of a BioC document.

    Gaps between passages are filled with line breaks, so that offsets stay what they are. A passage
    that begins before the end of the one before it is put behind that one.

    # Parameters

    passages : `Sequence[bioc.BioCPassage]`
        In the order of their offsets.
    unit : `Unit`, optional (default = `CHARACTERS`)
        What the offsets of the file count.

    Raises `BadItem` if a text is not a string or an offset not a number.
    """

    def __init__(self, passages: Sequence[bioc.BioCPassage], unit: Unit = CHARACTERS) -> None:
        self._unit = unit
        texts = [passage_text(passage, unit) for passage in passages]
        offsets = [passage.offset for passage in passages]
        self.text, starts = _laid_out(offsets, texts, unit, "\n")
        self.passages = [
            PlacedPassage(passage, text, start, is_moved)
            for passage, text, (start, is_moved) in zip(passages, texts, starts, strict=True)
        ]

    def position(self, offset: int, within: PlacedPassage) -> int:
        """Where an offset of the file is in the text. `within` is the passage that it belongs
        to."""
        inside = offset - within.passage.offset
        return within.start + _characters(within.text, inside, self._unit)

    def around(self, annotation: bioc.BioCAnnotation) -> Optional[PlacedPassage]:
        """The passage of an annotation that stands outside all passages, by its offset. Of several
        passages, the one that has the annotation's text there."""
        offset = annotation.locations[0].offset
        before = [placed for placed in self.passages if placed.passage.offset <= offset]
        for placed in before:
            start = self.position(offset, placed)
            if annotation.text and self.text.startswith(annotation.text, start):
                return placed
        return before[-1] if before else None

    def spans(
        self, locations: Sequence[bioc.BioCLocation], within: Optional[PlacedPassage]
    ) -> List[Span]:
        """The places of an annotation, in the file's order."""
        spans = []
        for location in locations:
            start = number(location.offset)
            end = start + number(location.length)
            if within is not None:
                start, end = self.position(start, within), self.position(end, within)
            spans.append((start, end))
        return spans


def unit_of_offsets(passages: Sequence[bioc.BioCPassage]) -> Tuple[str, Unit]:
    """The unit in which the offsets of a document are right for the most annotations, by name and
    as a function: characters, unless another unit is better."""
    best: Tuple[str, Unit] = ("characters", CHARACTERS)
    if all(passage_text(passage, CHARACTERS).isascii() for passage in passages):
        return best
    agreeing, number_of_texts = _agreeing(passages, CHARACTERS)
    if agreeing == number_of_texts:
        return best
    for name, unit in OTHER_UNITS.items():
        others, _ = _agreeing(passages, unit)
        if others > agreeing:
            best, agreeing = (name, unit), others
    return best


def _agreeing(passages: Sequence[bioc.BioCPassage], unit: Unit) -> Tuple[int, int]:
    """The number of annotations whose text is at their offsets, and of those with a text."""
    text = BiocText(passages, unit)
    agreeing = total = 0
    for placed in text.passages:
        for annotation in annotations_of(placed.passage):
            if not annotation.text or len(annotation.locations) != 1:
                continue
            total += 1
            try:
                ((start, end),) = text.spans(annotation.locations, placed)
            except BadItem:
                continue
            agreeing += text.text[start:end] == annotation.text
    return agreeing, total


def annotations_of(passage: bioc.BioCPassage) -> Iterator[bioc.BioCAnnotation]:
    for sentence in passage.sentences:
        yield from sentence.annotations
    yield from passage.annotations


def passage_text(passage: bioc.BioCPassage, unit: Unit = CHARACTERS) -> str:
    """The text of a passage, or the texts of its sentences with spaces between them."""
    for part in (passage, *passage.sentences):
        number(part.offset)
        if part.text is not None and not isinstance(part.text, str):
            raise BadItem("a text is not a string", quoted(part.text))
    if passage.text or not passage.sentences:
        return passage.text or ""
    offsets = [sentence.offset - passage.offset for sentence in passage.sentences]
    return _laid_out(offsets, [sentence.text or "" for sentence in passage.sentences], unit, " ")[0]


def check_gap(end: int, start: int) -> None:
    """Raises `BadItem` if the gap between two passages is too long."""
    if start - end > _LONGEST_GAP:
        raise BadItem("gap in the text is too long", f"from {end} to {start}")


def number(value: Any) -> int:
    """`value` if it can be an offset or a length. Raises `BadItem` otherwise."""
    if type(value) is not int or value < 0:
        raise BadItem("an offset or length is not a whole number from 0", quoted(value))
    return value


def _laid_out(
    offsets: Sequence[int], texts: Sequence[str], unit: Unit, filler: str
) -> Tuple[str, List[Tuple[int, bool]]]:
    """Texts at their offsets with `filler` between them, and for each where it begins and whether
    it had to be moved."""
    result = ""
    excess = 0  # of the unit over characters, in the texts so far
    starts: List[Tuple[int, bool]] = []
    for offset, text in zip(offsets, texts, strict=True):
        start = offset - excess
        is_moved = bool(text) and start < len(result)
        if is_moved:
            start = len(result) + 1
        if text:
            check_gap(len(result), start)
            result = result.ljust(start, filler) + text
            excess += unit(text) - len(text)
        starts.append((start, is_moved))
    return result, starts


def _characters(text: str, length: int, unit: Unit) -> int:
    """The number of characters of `text` that are `length` units long. Raises `BadItem` if a
    character is cut."""
    if unit is CHARACTERS or text.isascii() or length <= 0:
        return length
    units = count = 0
    while count < len(text) and units < length:
        units += unit(text[count])
        count += 1
    if units > length:
        raise BadItem("an offset is inside a character", str(length))
    return count + length - units
