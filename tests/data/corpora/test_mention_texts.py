from typing import List

import pytest

from bio_ie.data.corpora.mention_texts import OTHER_SPELLING, check_mention_text
from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_report import CorpusReport


@pytest.mark.parametrize(
    ("expected", "parts"),
    [
        ("left ache", ["left ache"]),
        ("left ache", ["left\nache"]),
        ("left ache", ["left", "ache"]),
        ("leftache", ["left", "ache"]),
        ("left ... ache", ["left", "ache"]),
        ("left [...] ache", ["left", "ache"]),
        ("left and right ache", ["left", "ache"]),
    ],
)
def test_parts_joined_in_any_way_are_the_text(expected: str, parts: List[str]) -> None:
    report = CorpusReport()
    check_mention_text(expected, parts, "0-19", report, "left and right ache")
    assert not report.noted


def test_another_spelling_is_noted() -> None:
    report = CorpusReport()
    check_mention_text("TARM-a", ["TARM-α"], "0-6", report)
    check_mention_text("left ... b-ache", ["left", "β-ache"], "0-6", report)
    assert report.noted == {OTHER_SPELLING: 2}


def test_another_text_is_an_error_with_both_texts() -> None:
    with pytest.raises(BadItem, match="'ache', but 0-4 is 'rash'"):
        check_mention_text("ache", ["rash"], "0-4", CorpusReport())
