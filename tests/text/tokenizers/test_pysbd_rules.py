"""Compares `english_sentences` with pySBD itself."""

import gzip
import json
from pathlib import Path
from typing import List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysbd import Segmenter

from bio_ie.text.tokenizers.pysbd_rules import MARKS, SEPARATORS, english_sentences

# What the rules look for: characters, words and signs.
CHARACTERS = (
    "aBcIivx19 .?!,:;()[]{}'\"“”‘’«»-–&/\\°\n\r\t\x0b\x1c\u00a0\u2028\u0130\u0131\u017f\u212a。！？"
)
PIECES = [
    *(". ", " . ", "..", "...", " . . . ", "!!!", "?!", "?!?", "!?", " !", "--", "\\\\", "'s "),
    *(" al. ", " et al. 7", " no. 5", " No. The", " pp. (", " vs. ", " Dr. ", " Dr.:5", " fig. 2"),
    *("i.e. ", " e.g.", " E.G. ", "U.S. The ", " ph.d. x", "D.Phil.", " ide. x", " egg. w"),
    *("a.m. A", " P.M. It", " I. The ", "i.v. We ", " A. b", " J., ", ".'s ", " Co. KG"),
    *("(a) ", " b) ", " c. ", " i. ", "(ii) ", "(iv) The", " iii) ", "1. ", " 2. ", " 9. ", " 0. "),
    *("1) ", " 2) ", " 3.) ", "-1. ", "⁃2. ", " 12. ", " 13. ", "\r3. ", "0.5", "p<.05"),
    *(".12 A", ".[1, 2] A", ".1 12 A", ".pdf ", " .pdf ", "x@y.z", "°. 5", "a.b.c", '" (x) "'),
    *('." The ', "!' A", "(It. Is) The", '"It. Is" The', "'It? Is' A", "“It!”", "[It. Is]"),
    *("Yahoo! ", " !Kung", "The ", " In ", "&", "&ok&", "{al} X", " al. X", "\r", "\n\n"),
]
texts = st.lists(
    st.one_of(st.sampled_from(CHARACTERS), st.sampled_from(PIECES), st.characters()), max_size=30
).map("".join)

SEGMENTER = Segmenter(language="en", clean=False)
WITHOUT_MARKS = str.maketrans({**dict.fromkeys(MARKS, "x"), **SEPARATORS})


def sentences_of_pysbd(text: str) -> List[str]:
    return list(SEGMENTER.processor(text).process())


@settings(max_examples=500)
@given(texts)
def test_sentences_are_those_of_pysbd(text: str) -> None:
    text = text.translate(WITHOUT_MARKS)
    assert english_sentences(text) == sentences_of_pysbd(text)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    "frame", ["{}", "It was so{}We saw it.", "A. {}{} {}", "(So {}) b.\n{}It", "so {} it {} is"]
)
def test_each_rule_gives_what_it_gives_in_pysbd(piece: str, frame: str) -> None:
    text = frame.replace("{}", piece)
    assert english_sentences(text) == sentences_of_pysbd(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Given i.v. The rest.", ["Given i.v.", "The rest."]),
        ("Dr. No. 5 came. He left.", ["Dr. No. 5 came.", "He left."]),
        ("We saw: (a) one; (b) two.", ["We saw:", "(a) one;", "(b) two."]),
        ("It failed.3 We stopped.", ["It failed.3", "We stopped."]),
    ],
)
def test_the_sentences_of_pysbd_are_what_they_were(text: str, expected: List[str]) -> None:
    assert english_sentences(text) == sentences_of_pysbd(text) == expected


def test_real_abstracts_have_the_sentences_of_pysbd(corpus_folder: Path) -> None:
    with gzip.open(corpus_folder / "pubmed_text" / "abstracts.jsonl.gz", "rt") as file:
        values = [json.loads(line) for line, _ in zip(file, range(400), strict=False)]
    for value in values:
        text = f"{value['title']}\n{value['abstract']}".translate(WITHOUT_MARKS)
        assert english_sentences(text) == sentences_of_pysbd(text)
