from bio_ie.data.concept_labels import concept_label, label_concepts


def test_order_and_repetition_make_no_difference_and_bars_come_back():
    assert concept_label(["B", "A", "B"]) == "A|B"
    assert concept_label([]) is None
    for ids in (("A",), ("A", "B"), ("p|SUB|S|369|R",), ("p|DEL|1|A", "rs1")):
        label = concept_label(ids)
        assert label_concepts(label) == ids
    assert concept_label(["A", "B"]) != concept_label(["A|B"])
