from dataclasses import replace
from typing import List, Sequence

import pytest

from bio_ie.data.document import Document, DocumentError, Mention, Relation
from bio_ie.metrics.document_scores import score_documents
from bio_ie.metrics.items import entity_items, relation_items

TEXT = "Ibuprofen eased the fever but caused a rash."
DRUG = Mention("m1", 0, 9, "Drug")
FEVER = Mention("m2", 20, 25, "Effect")
RASH = Mention("m3", 39, 43, "Effect")


def document(identifier: str, mentions: Sequence[Mention] = (DRUG, FEVER, RASH)) -> Document:
    relations = [Relation("causes", "m1", "m3")] if RASH in mentions and DRUG in mentions else []
    return Document(identifier, TEXT, mentions=tuple(mentions), relations=tuple(relations))


def test_items_are_offsets_and_types() -> None:
    assert entity_items(document("d")) == [
        (0, 9, "Drug"),
        (20, 25, "Effect"),
        (39, 43, "Effect"),
    ]
    assert relation_items(document("d")) == [((0, 9, "Drug"), (39, 43, "Effect"), "causes")]
    assert relation_items(document("d"), []) == []


def test_an_undirected_relation_is_one_item_whatever_the_order_of_mentions() -> None:
    twin = Mention("m4", 0, 9, "Acid")
    relation = Relation("same", "m1", "m4", directed=False)
    there = Document("d", TEXT, mentions=(DRUG, twin), relations=(relation,))
    back = Document("d", TEXT, mentions=(twin, DRUG), relations=(relation,))
    assert there.relations != back.relations
    assert relation_items(there) == relation_items(back)


def test_documents_are_matched_by_id_in_any_order() -> None:
    gold = [document("a"), document("b")]
    predicted = [document("b", [DRUG]), document("a")]
    scores = score_documents(predicted, gold)
    assert (scores.documents, scores.missing) == (2, 0)
    assert (scores.entity["correct"], scores.entity["predicted"], scores.entity["gold"]) == (
        4,
        4,
        6,
    )
    assert (scores.relation["correct"], scores.relation["gold"]) == (1, 2)
    assert scores.entity["recall"] == pytest.approx(4 / 6)


def test_a_missing_prediction_counts_as_nothing_found() -> None:
    scores = score_documents([document("a")], [document("a"), document("b")])
    assert (scores.documents, scores.missing) == (2, 1)
    assert (scores.entity["precision"], scores.entity["recall"]) == (1.0, 0.5)


@pytest.mark.parametrize(
    "predicted, gold, reason",
    [
        ([document("a"), document("x")], [document("a")], "'x': .*no annotated document"),
        ([document("a"), document("a")], [document("a")], "'a': .*two predictions"),
        ([document("a")], [document("a"), document("a")], "'a': .*annotated twice"),
        ([replace(document("a"), text=TEXT + " ")], [document("a")], "'a': .*another text"),
    ],
)
def test_documents_that_do_not_belong_together_are_refused(
    predicted: List[Document], gold: List[Document], reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason):
        score_documents(predicted, gold)
