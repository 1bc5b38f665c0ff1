import pytest

from bio_ie.knowledge import abbreviations as module
from bio_ie.knowledge.abbreviations import expand_abbreviations, find_abbreviations


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


def test_texts_do_not_disturb_each_other(monkeypatch):
    # so small that the detector is made anew in between
    monkeypatch.setattr(module, "_MAX_TEXTS", 2)
    texts = [f"Severe{letter} ill state (S{letter}IS) is rare." for letter in "ABCDE"]
    assert [find_abbreviations(text) for text in texts] == [
        {f"S{letter}IS": f"Severe{letter} ill state"} for letter in "ABCDE"
    ]


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
    monkeypatch.setattr(module, "_detectors", None)
    assert find_abbreviations(text) == {"IPF": "Invented pathway factor"}
