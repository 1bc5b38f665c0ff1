from bio_ie.text.counted import counted


def test_number_and_noun_agree() -> None:
    assert [counted(number, "mention") for number in (0, 1, 2)] == [
        "0 mentions",
        "1 mention",
        "2 mentions",
    ]
    assert counted(1, "mention ends", "mentions end") == "1 mention ends"
    assert counted(1200, "mention ends", "mentions end") == "1,200 mentions end"
