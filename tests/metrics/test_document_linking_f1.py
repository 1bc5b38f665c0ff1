from bio_ie.metrics import DocumentLinkingF1


def test_a_concept_counts_once_a_document_and_type() -> None:
    metric = DocumentLinkingF1()
    metric(
        [[("A", "Drug"), ("A", "Drug"), ("B", "Drug")], [("A", "Effect")]],
        [[("A", "Drug"), ("C", "Drug")], [("A", "Drug"), ("A", "Effect")]],
    )
    scores = metric.get_metric()
    assert (scores["correct"], scores["predicted"], scores["gold"]) == (2, 3, 4)
    assert scores["f1"] == 2 * 2 / 7
    assert scores["f1/Effect"] == 1.0
