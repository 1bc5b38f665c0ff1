from collections import Counter

from bio_ie.text.counted import Phrase, counted, counted_lines

WORDLESS = Phrase("mentions hold no word", one="mention holds no word")
LONG = Phrase("sentences were cut", one="sentence was cut")


def test_number_and_noun_agree() -> None:
    assert [counted(number, "mention") for number in (0, 1, 2)] == [
        "0 mentions",
        "1 mention",
        "2 mentions",
    ]
    assert counted(1, "mention ends", "mentions end") == "1 mention ends"
    assert counted(1200, "mention ends", "mentions end") == "1,200 mentions end"


def test_counts_are_told_in_the_right_number_the_highest_first() -> None:
    counts = Counter({WORDLESS: 1, LONG: 1200, Phrase("names", one="name"): 0})
    assert list(counted_lines(counts)) == ["1,200 sentences were cut", "1 mention holds no word"]


def test_a_phrase_is_found_by_its_words() -> None:
    assert Counter({WORDLESS: 2})["mentions hold no word"] == 2
