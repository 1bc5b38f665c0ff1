"""Compares the text that a file gives for a mention with the text at the offsets of the mention."""

from typing import Sequence

from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.counted import Phrase
from bio_ie.text.spelling import is_other_spelling

OTHER_SPELLING = Phrase(
    "mentions are spelled otherwise in the file than in the text",
    one="mention is spelled otherwise in the file than in the text",
)

JOINS = (" ", "", " ... ", " [...] ", "...", " … ")
"""What corpora write between the parts of a discontinuous mention."""

_ONE_LINE = str.maketrans("\t\n\r", "   ")


def check_mention_text(
    expected: str, parts: Sequence[str], place: str, report: CorpusReport, hull: str = ""
) -> None:
    """Raises `BadItem` unless `expected` is the text of a mention.

    The parts of a discontinuous mention may be joined in any of the ways that corpora use. A
    spelling in other characters (`TNF-a` of `TNF-α`) is the same text too, and is counted in
    `noted` of the report.

    # Parameters

    expected : `str`
        The text that the file gives.
    parts : `Sequence[str]`
        The text at the offsets. A discontinuous mention has several parts, in the file's order.
    place : `str`
        The offsets, for the error.
    report : `CorpusReport`
    hull : `str`, optional
        The text from the first part to the last.
    """
    if len(parts) == 1 and expected == parts[0]:
        return
    given = expected.translate(_ONE_LINE)
    joins = JOINS if len(parts) > 1 else ("",)
    texts = [join.join(parts).translate(_ONE_LINE) for join in joins]
    if hull:
        texts.append(hull.translate(_ONE_LINE))
    if not any(agrees(given, text, report) for text in sorted(texts, key=given.__ne__)):
        raise BadItem(
            "mention text differs from the text at its offsets",
            f"{quoted(expected)}, but {place} is {quoted(texts[-1 if hull else 0])}",
        )


def agrees(expected: str, found: str, report: CorpusReport) -> bool:
    """Whether the text that a file gives is the text that was found at the offsets. Another
    spelling is counted in `noted` of the report."""
    if expected == found:
        return True
    is_other = is_other_spelling(expected, found)
    report.note(OTHER_SPELLING, int(is_other))
    return is_other
