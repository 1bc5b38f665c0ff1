import json
import pickle
from dataclasses import replace
from typing import Any, Dict

import pytest
from hypothesis import given, settings

from bio_ie.text.document import Document, DocumentError, Fact, Mention, Passage, Relation
from tests.data.corpora.documents import documents

TEXT = "Zelorvine caused left and right ventricular failure."


def example(**changes: Any) -> Document:
    arguments: Dict[str, Any] = {
        "passages": [Passage("title", 0, 52)],
        "sentences": [(0, 52)],
        "tokens": [(0, 9), (10, 16)],
        "mentions": [
            Mention("d", 0, 9, "Chemical", ("D1", "D2"), score=0.5),
            Mention("f", 17, 51, "Disease", entity_id="E", fragments=((17, 21), (32, 51))),
        ],
        "relations": [Relation("causes", "d", "f", metadata={"roles": ["cause", "effect"]})],
        "facts": [Fact("CID", "D1", "D3")],
        "metadata": {"journal": "Invented Letters"},
    }
    return Document("7", TEXT, **{**arguments, **changes})


def test_layers_become_tuples() -> None:
    document = example()
    assert isinstance(document.mentions, tuple)
    assert isinstance(document.tokens, tuple)


def test_text_of_a_discontinuous_mention_joins_its_fragments() -> None:
    document = example()
    assert [document.text_of(mention) for mention in document.mentions] == [
        "Zelorvine",
        "left ventricular failure",
    ]
    assert document.mention_by_id()["f"].span == (17, 51)


def test_without_annotations_keeps_text_and_segmentation() -> None:
    bare = example().without_annotations()
    assert (bare.mentions, bare.relations, bare.facts) == ((), (), ())
    assert (bare.text, bare.tokens, bare.passages) == (TEXT, ((0, 9), (10, 16)), example().passages)


def test_mentions_with_metadata_can_be_set_members() -> None:
    assert len({Mention("d", 0, 9, "X", metadata={"a": [1]}), Mention("d", 0, 9, "X")}) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mentions": [Mention("d", 0, 53, "X")]}, r"mention 'd' has offsets 0-53.*52 characters"),
        ({"mentions": [Mention("d", -1, 3, "X")]}, "outside the text"),
        ({"mentions": [Mention("d", 3, 3, "X")]}, "reversed or empty"),
        ({"mentions": [Mention("d", 0, 3, "X"), Mention("d", 4, 5, "X")]}, "'d' is used twice"),
        ({"mentions": [Mention("d", 0, 9, "X", fragments=((0, 9),))]}, "two or more fragments"),
        ({"mentions": [Mention("d", 0, 9, "X", fragments=((0, 2), (4, 8)))]}, "begin and end"),
        ({"mentions": [Mention("d", 0, 9, "X", fragments=((0, 5), (4, 9)))]}, "overlap"),
        ({"mentions": [Mention("d", 0, 9, "X", fragments=((4, 9), (0, 3)))]}, "out of order"),
        ({"relations": [Relation("r", "d", "x")]}, "tail 'x' of a 'r' relation is not a mention"),
        ({"relations": [Relation("r", "x", "d")]}, "head 'x' of a 'r' relation is not a mention"),
        ({"tokens": [(0, 5), (4, 9)]}, "token at 4-9 overlaps"),
        ({"sentences": [(0, 99)]}, "sentence has offsets 0-99"),
        ({"passages": [Passage("a", 5, 9), Passage("b", 0, 3)]}, "passage at 0-3 overlaps"),
    ],
)
def test_contradiction_is_an_error_that_names_document_and_reason(
    changes: Dict[str, Any], reason: str
) -> None:
    with pytest.raises(DocumentError, match=reason) as error:
        example(**{"relations": [], **changes})
    assert error.value.document_id == "7"
    again = pickle.loads(pickle.dumps(error.value))
    assert (str(again), again.reason) == (str(error.value), error.value.reason)


def test_undirected_relation_puts_the_earlier_mention_first_and_a_directed_one_does_not() -> None:
    undirected = Relation("binds", "f", "d", directed=False)
    directed = Relation("binds", "f", "d")
    document = example(relations=[undirected, directed])
    assert [(r.head, r.tail) for r in document.relations] == [("d", "f"), ("f", "d")]


def test_json_null_means_unset() -> None:
    mention = {"id": "a", "start": 0, "end": 1, "type": "X", "score": None, "entity_id": None}
    document = Document.from_json({"id": "7", "text": "abc", "mentions": [mention]})
    assert document.mentions == (Mention("a", 0, 1, "X"),)


@settings(max_examples=50, deadline=None)
@given(documents())
def test_json_and_back_is_the_same_document(document: Document) -> None:
    assert Document.from_json(json.loads(json.dumps(document.to_json()))) == document


def test_json_leaves_out_what_is_empty_and_carries_mention_texts() -> None:
    assert Document("7", "").to_json() == {"schema_version": 1, "id": "7", "text": ""}
    mention = example().to_json()["mentions"][1]
    assert mention == {
        "id": "f",
        "start": 17,
        "end": 51,
        "type": "Disease",
        "entity_id": "E",
        "fragments": [[17, 21], [32, 51]],
        "text": "left ventricular failure",
    }


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([], "expected a JSON object, got list"),
        ({"id": 7, "text": ""}, "'id' must be a string"),
        ({"text": ""}, "'id' and 'text' are required"),
        ({"id": "7", "text": None}, "'id' and 'text' are required"),
        ({"id": "7", "text": "", "schema_version": 2}, "schema version 2 is not 1"),
        ({"id": "7", "text": "", "entities": []}, r"unknown fields \['entities'\]"),
        ({"id": "7", "text": "", "metadata": []}, "'metadata' must be an object"),
        ({"id": "7", "text": "abc", "tokens": [[0, True]]}, r"not \[start, end\]"),
        ({"id": "7", "text": "abc", "tokens": {}}, "'tokens' must be a list"),
        ({"id": "7", "text": "abc", "mentions": [3]}, "not an object"),
        ({"id": "7", "text": "abc", "mentions": [{"id": "a"}]}, "missing .*'start'"),
        ({"id": "7", "text": "abc", "facts": [{"kind": "a"}]}, "unknown field 'kind'"),
    ],
)
def test_json_of_another_shape_is_an_error(value: Any, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        Document.from_json(value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", True), ("start", 0.0), ("start", "0"), ("type", None), ("score", "high"),
        ("score", 10**400), ("score", float("inf")), ("score", float("nan")),
        ("concept_ids", "D1"), ("concept_ids", [1]), ("fragments", [[0]]), ("metadata", "x"),
    ],
)  # fmt: skip
def test_json_field_of_a_wrong_type_is_an_error(field: str, value: Any) -> None:
    mention = {"id": "a", "start": 0, "end": 1, "type": "X", field: value}
    with pytest.raises(DocumentError):
        Document.from_json({"id": "7", "text": "abc", "mentions": [mention]})


LAYERED = Document(
    "d",
    "Aspirin eased pain. It helped.",
    sentences=[(0, 19), (20, 30)],
    tokens=[(0, 7), (8, 13), (14, 18)],
    mentions=[Mention("T1", 0, 7, "Drug"), Mention("T2", 14, 18, "Sign")],
    relations=[Relation("near", "T2", "T1", directed=False)],
    facts=[Fact("eases", "C1", "C2")],
    metadata={"year": 1999},
)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"id": "e", "metadata": {}},
        {"relations": [Relation("far", "T2", "T1", directed=False)]},
        {"mentions": [Mention("T1", 0, 7, "Drug")], "relations": ()},
        {"sentences": [(0, 30)], "tokens": [], "facts": []},
    ],
)
def test_changes_give_what_the_constructor_gives(changes):
    changed = LAYERED.with_changes(**changes)
    assert changed == replace(LAYERED, **changes)
    assert changed.to_json() == replace(LAYERED, **changes).to_json()


@pytest.mark.parametrize(
    "changes",
    [
        {"mentions": []},  # the relation would lack its arguments
        {"mentions": [Mention("T1", 0, 99, "Drug")], "relations": []},
        {"mentions": [Mention("T1", 0, 7, "Drug")] * 2, "relations": []},
        {"relations": [Relation("near", "T1", "T3")]},
        {"sentences": [(20, 30), (0, 19)]},
        {"tokens": [(5, 5)]},
        {"passages": [Passage("title", 0, 200)]},
    ],
)
def test_changes_that_contradict_the_document_are_refused(changes):
    with pytest.raises(DocumentError) as expected:
        replace(LAYERED, **changes)
    with pytest.raises(DocumentError) as found:
        LAYERED.with_changes(**changes)
    assert str(found.value) == str(expected.value)


@pytest.mark.parametrize("changes", [{"text": "No."}, {"sentence": []}])
def test_the_text_and_unknown_fields_cannot_be_changed(changes):
    with pytest.raises(TypeError, match="cannot be given another"):
        LAYERED.with_changes(**changes)
