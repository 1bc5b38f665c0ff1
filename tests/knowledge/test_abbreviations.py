import gzip
import json
import warnings
from itertools import islice

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from scispacy.abbreviation import AbbreviationDetector
from spacy.tokens import Doc

from bio_ie.knowledge import abbreviations
from bio_ie.knowledge.abbreviations import expand_abbreviations, find_abbreviations
from bio_ie.text.tokenizers import ScispacyRulesTokenizer


@pytest.mark.parametrize(
    "text",
    [
        "We gave methamphetamine (METH) to rats.",
        "We gave methamphetamine (METH)-treated rats water.",
        "We gave methamphetamine (METH; 4 mg/kg) to rats.",
        "We gave methamphetamine [METH] to rats.",
        "We gave METH (a derivative known as methamphetamine) to no rat, but methamphetamine "
        "(METH, 4 mg/kg) to mice.",
    ],
)
def test_short_form_is_found_however_the_bracket_goes_on(text):
    assert find_abbreviations(text) == {"METH": "methamphetamine"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No bracket at all, but METH.",
        "The dose (2 mg) was low.",
        "Pain (pain) is written in lower case.",
        "An unclosed (bracket",
        "Broken \ud800 text (of no use)",
        ")(",
    ],
)
def test_other_brackets_explain_nothing(text):
    assert find_abbreviations(text) == {}


def test_several_abbreviations_of_a_text():
    text = "Diabetes mellitus (DM) and chronic kidney disease (CKD) are risks. DM is more common."
    found = find_abbreviations(text)
    assert found == {"DM": "Diabetes mellitus", "CKD": "chronic kidney disease"}


def found_by_scispacy(text):
    """What scispaCy's own detector finds, with the pattern and the conditions of this package."""
    language = spacy.blank("en")
    detector = AbbreviationDetector(language)
    opening, ending = {"ORTH": {"IN": ["(", "["]}}, {"ORTH": {"IN": [")", "]", ";", ",", ":"]}}
    detector.matcher.add("opened", [[opening, {}, ending]])
    spans = ScispacyRulesTokenizer(split_signs="()[]").token_spans(text)
    words = [text[start:end] for start, end in spans]
    starts = [start for start, _ in [*spans, (len(text), 0)][1:]]
    spaces = [end < start for (_, end), start in zip(spans, starts, strict=True)]
    document = detector(Doc(language.vocab, words=words, spaces=spaces))
    return {
        short.text: short._.long_form.text
        for short in document._.abbreviations
        if short.text != short.text.lower() and len(short.text) < len(short._.long_form.text)
    }


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                *("(", ")", "[", "]", " ", " ", "; ", ", ", ":", "\n", "-", "AB", "ABC", " cd"),
                *(" ABC", " alpha beta", " alpha beta cell", "(ABC)", "[AB]", "(AB cd)", " AB  cd"),
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_abbreviations_are_those_of_scispacy(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert find_abbreviations(text) == found_by_scispacy(text)


def test_abbreviations_of_real_abstracts_are_those_of_scispacy(corpus_folder):
    with gzip.open(corpus_folder / "pubmed_text" / "abstracts.jsonl.gz", "rt") as file:
        values = [json.loads(line) for line in islice(file, 60)]
    texts = [f"{value['title']}\n{value['abstract']}" for value in values]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        expected = [found_by_scispacy(text) for text in texts]
    assert [find_abbreviations(text) for text in texts] == expected
    assert sum(map(len, expected)) > 25


def test_words_are_expanded_and_parts_of_words_are_not():
    long_forms = {"DM": "diabetes", "DM1": "myotonic dystrophy", "A+": "plus form"}
    text = "DM-related DM1, ADMIN dm (DM), A+"
    expected = "diabetes-related myotonic dystrophy, ADMIN dm (diabetes), plus form"
    assert expand_abbreviations(text, long_forms) == expected
    assert expand_abbreviations(text, {}) == text


def test_a_text_is_searched_once_for_all_its_sentences(monkeypatch):
    text = "Invented pathway factor (IPF) and its sentences. IPF acts."
    first = find_abbreviations(text)
    assert first == {"IPF": "Invented pathway factor"}
    first.clear()  # the dictionary belongs to the caller
    monkeypatch.setattr(abbreviations, "filter_matches", None)
    assert find_abbreviations(text) == {"IPF": "Invented pathway factor"}
