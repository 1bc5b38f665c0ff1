import pytest

from bio_ie.data.pairs.argument_words import ARGUMENT_FORMS, argument_words
from bio_ie.data.pairs.entity_sentence import EntityMention, EntityPair, EntitySentence

WORDS = ["Zelorvine", "sulfate", "(", "oral", ")", "caused", "lumenitis", "."]
DRUG = EntityMention(0, 2, "Drug")
DISEASE = EntityMention(6, 7, "Disease")
SPANS = [(0, 9), (10, 17), (18, 19), (19, 23), (23, 24), (25, 31), (32, 41), (41, 42)]


@pytest.mark.parametrize(
    "form, expected, places",
    [
        ("hidden", ["<ENT>", "(", "oral", ")", "caused", "<ENT>", "."], (0, 5)),
        ("typed", ["<Drug>", "(", "oral", ")", "caused", "<Disease>", "."], (0, 5)),
        (
            "marked",
            [
                "<Drug>", "Zelorvine", "sulfate", "</Drug>", "(", "oral", ")", "caused",
                "<Disease>", "lumenitis", "</Disease>", ".",
            ],
            (0, 8),
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("spans", [None, SPANS])
def test_arguments_are_hidden_typed_or_marked(form, expected, places, spans):
    sentence = EntitySentence("s", WORDS, [DRUG, DISEASE], word_spans=spans)
    found = argument_words(sentence, EntityPair(DRUG, DISEASE), form)

    assert [token.text for token in found.tokens] == expected
    assert found.places == places
    assert [expected[place] for place in places] == [
        "<ENT>" if form == "hidden" else f"<{type_}>" for type_ in ("Drug", "Disease")
    ]
    if spans is not None:
        # The words keep their offsets, and so the space before the bracket and none after it.
        offsets = [token.idx for token in found.tokens if token.text in WORDS]
        assert offsets == [
            start for word, (start, _) in zip(WORDS, SPANS, strict=True) if word in expected
        ]


def test_neighbours_of_one_type_are_two_arguments():
    sentence = EntitySentence("s", ["a", "b", "c"], [])
    pair = EntityPair(EntityMention(0, 1, "T"), EntityMention(1, 3, "T"))

    assert argument_words(sentence, pair, "typed").places == (0, 1)
    marked = argument_words(sentence, pair, "marked")
    assert " ".join(map(str, marked.tokens)) == "<T> a </T> <T> b c </T>"
    assert marked.places == (0, 3)


def test_hidden_arguments_are_the_context_of_the_pair():
    sentence = EntitySentence("s", WORDS, [DRUG, DISEASE])
    pair = EntityPair(DRUG, DISEASE)

    assert list(map(str, argument_words(sentence, pair, "hidden").tokens)) == sentence.context(pair)
    assert ARGUMENT_FORMS[0] == "hidden"
