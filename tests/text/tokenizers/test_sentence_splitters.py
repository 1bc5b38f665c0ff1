import gzip
import json
import pickle
from pathlib import Path
from typing import List

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data.tokenizers.sentence_splitter import SentenceSplitter
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.text.document import Span
from bio_ie.text.tokenizers import (
    NewlineSentenceSplitter,
    PysbdSentenceSplitter,
    SpanSentenceSplitter,
)

# The characters that the splitters look for, pySBD's internal marks, and any character at all.
texts = st.text(
    st.one_of(
        st.sampled_from(list("aB1 .?!,:()[]'\"“”-&\n\r\t\u00a0ƪȸȹᓴᓷ∮∯⌬⎋☄☝♝♟♨✂")),
        st.characters(),
    ),
    max_size=60,
)


def check_spans(text: str, spans: List[Span]) -> None:
    """Checks that sentences are trimmed, in order and do not overlap, and that only white space is
    between them."""
    position = 0
    for start, end in spans:
        assert position <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()


@settings(deadline=None)
@given(texts, st.sampled_from([5, 20, 5000]))
def test_pysbd_loses_nothing(text: str, window: int) -> None:
    check_spans(text, PysbdSentenceSplitter(window).sentence_spans(text))


@given(texts)
def test_newlines_loses_nothing(text: str) -> None:
    spans = NewlineSentenceSplitter().sentence_spans(text)
    check_spans(text, spans)
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
    assert [text[start:end] for start, end in spans] == [line for line in lines if line]


def test_abbreviations_and_numbers_end_no_sentence() -> None:
    text = "Dr. Ek gave 0.5 mg, i.e. half. It helped (Fig. 2). Did it?  Yes!"
    assert PysbdSentenceSplitter().split_sentences(text) == [
        "Dr. Ek gave 0.5 mg, i.e. half.",
        "It helped (Fig. 2).",
        "Did it?",
        "Yes!",
    ]


def test_repeated_sentences_have_their_own_spans() -> None:
    assert PysbdSentenceSplitter().sentence_spans("No. No pain. No pain. Pain. No pain.")[-1] == (
        28,
        36,
    )
    assert PysbdSentenceSplitter().sentence_spans("It hurt. It hurt. It hurt.") == [
        (0, 8),
        (9, 17),
        (18, 26),
    ]


def test_marks_of_pysbd_in_the_text_do_not_confuse_it() -> None:
    text = "The sign ∯ is odd. So is &ᓴ& here. And ☝ too."
    assert PysbdSentenceSplitter().split_sentences(text) == [
        "The sign ∯ is odd.",
        "So is &ᓴ& here.",
        "And ☝ too.",
    ]


@pytest.mark.parametrize("separator", ["\x1c", "\x1d", "\x1e", "\x1f"])
def test_separators_before_the_numbers_of_a_list_are_white_space(separator: str) -> None:
    """pySBD itself fails on them."""
    text = f"Two points: {separator}1. Rest. {separator}2. Fluids."
    check_spans(text, PysbdSentenceSplitter().sentence_spans(text))


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\r\n \u00a0"])
def test_no_sentences_in_white_space(text: str) -> None:
    assert PysbdSentenceSplitter().sentence_spans(text) == []
    assert NewlineSentenceSplitter().sentence_spans(text) == []


def test_a_line_end_ends_a_sentence() -> None:
    text = "A title without a period\nThe first sentence.\r\nThe second"
    expected = ["A title without a period", "The first sentence.", "The second"]
    assert PysbdSentenceSplitter().split_sentences(text) == expected
    assert NewlineSentenceSplitter().split_sentences(text) == expected


def test_windows_do_not_change_the_sentences() -> None:
    text = " ".join(f"Drug {number} was given to {number} rats." for number in range(300))
    whole = PysbdSentenceSplitter(window=100_000).sentence_spans(text)
    assert len(whole) == 300
    assert PysbdSentenceSplitter(window=500).sentence_spans(text) == whole


def test_a_text_without_boundaries_is_cut_at_white_space() -> None:
    text = "word " * 1_000
    spans = PysbdSentenceSplitter(window=500).sentence_spans(text)
    assert all(end - start <= 500 for start, end in spans)
    assert all(set(text[start:end].split()) == {"word"} for start, end in spans)
    assert PysbdSentenceSplitter(window=5).sentence_spans("x" * 12) == [(0, 5), (5, 10), (10, 12)]


@pytest.mark.parametrize(
    "name, kind", [("pysbd", PysbdSentenceSplitter), ("newlines", NewlineSentenceSplitter)]
)
def test_built_from_a_config_and_pickled(name: str, kind: type) -> None:
    for base in (SentenceSplitter, SpanSentenceSplitter):
        assert isinstance(base.from_params(Params({"type": name})), kind)
    splitter = SpanSentenceSplitter.from_params(Params({"type": name}))
    copy = pickle.loads(pickle.dumps(splitter))
    assert copy.sentence_spans("One.\nTwo.") == splitter.sentence_spans("One.\nTwo.")


def test_a_window_without_room_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="window"):
        PysbdSentenceSplitter(window=0)


def test_pysbd_is_the_default() -> None:
    assert isinstance(SpanSentenceSplitter.from_params(Params({})), PysbdSentenceSplitter)


def test_real_abstracts_lose_nothing(corpus_folder: Path) -> None:
    splitter = PysbdSentenceSplitter()
    with gzip.open(corpus_folder / "pubmed_text" / "abstracts.jsonl.gz", "rt") as file:
        values = [json.loads(line) for line, _ in zip(file, range(500), strict=False)]
    sentences = 0
    for value in values:
        text = f"{value['title']}\n{value['abstract']}"
        spans = splitter.sentence_spans(text)
        check_spans(text, spans)
        sentences += len(spans)
    # A splitter that falls back to lines would find two sentences per document.
    assert sentences > 6 * len(values)
