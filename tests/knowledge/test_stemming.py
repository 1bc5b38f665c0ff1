import pytest

from bio_ie.knowledge.stemming import stem_words, stemmed_name


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Seizures, Febrile", "seizur febril"),
        ("N-acetyl\tcysteine", "nacetyl cystein"),
        ("  Parkinson’s  Disease ", "parkinson diseas"),
        ("Na+/K+ ATPase", "nak atpas"),
        ("«β»–Carotene", "βcaroten"),
        ("(...)", ""),
        ("", ""),
    ],
)
def test_stemmed_name_has_no_punctuation_and_only_stems(text, expected):
    assert stemmed_name(text) == expected


def test_forms_of_a_word_have_the_same_stem():
    assert stem_words("neoplasm") == stem_words("neoplasms")
