from bio_ie.data.word_tags import word_tags


def test_tags_of_both_schemes():
    labelled = [((0, 0), "A"), ((2, 4), "B"), ((5, 6), "A")]
    assert word_tags(labelled, 8) == ["S-A", "O", "B-B", "I-B", "E-B", "B-A", "E-A", "O"]
    assert word_tags(labelled, 8, "BIO") == [
        "B-A", "O", "B-B", "I-B", "I-B", "B-A", "I-A", "O"
    ]  # fmt: skip
