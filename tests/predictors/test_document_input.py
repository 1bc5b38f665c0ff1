from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.predictors.document_input import as_object, document_from_input, inputs_of
from bio_ie.text.document import Document, DocumentError, Fact, Mention, Passage, Relation

TEXT = "Aspirin helps."


def test_text_alone_is_enough() -> None:
    assert document_from_input({"text": TEXT}, "7") == Document("7", TEXT)


@pytest.mark.parametrize(("given_id", "id_"), [("a", "a"), (12, "12"), (None, "7"), ("", "")])
def test_id_is_a_string_or_a_number_or_left_out(given_id: Any, id_: str) -> None:
    assert document_from_input({"id": given_id, "text": TEXT}, "7").id == id_


def test_tokens_make_the_text() -> None:
    document = document_from_input({"tokens": ["Aspirin", "helps", "."]}, "7")
    assert document.text == "Aspirin helps ."
    assert document.tokens == ((0, 7), (8, 13), (14, 15))


def test_tokens_are_found_in_a_text_that_is_given_too() -> None:
    document = document_from_input({"tokens": ["a", "a", "b"], "text": " a  ab"}, "7")
    assert document.text == " a  ab"
    assert document.tokens == ((1, 2), (4, 5), (5, 6))


@pytest.mark.parametrize(
    ("value", "text", "passages"),
    [
        ({"title": "A.", "abstract": "B C."}, "A. B C.", [("title", 0, 2), ("abstract", 3, 7)]),
        ({"title": "A.", "abstract": None}, "A.", [("title", 0, 2)]),
        ({"title": "A.", "abstract": ""}, "A.", [("title", 0, 2)]),
        ({"abstract": "B C."}, "B C.", [("abstract", 0, 4)]),
    ],
)
def test_title_and_abstract_are_passages(value: Any, text: str, passages: Any) -> None:
    document = document_from_input({**value, "year": 1}, "1")
    assert document.text == text
    assert [(p.type, p.start, p.end) for p in document.passages] == passages
    assert document.metadata == {"year": 1}


def test_title_beside_a_text_is_metadata() -> None:
    document = document_from_input({"text": "B.", "title": "A."}, "1")
    assert (document.text, document.passages, document.metadata) == ("B.", (), {"title": "A."})


def test_unknown_fields_become_metadata_and_do_not_replace_any() -> None:
    value = {"text": TEXT, "pmid": 1, "year": 2, "metadata": {"year": 3, "x": None}}
    assert document_from_input(value, "7").metadata == {"pmid": 1, "year": 3, "x": None}


def test_null_metadata_is_none() -> None:
    assert document_from_input({"text": TEXT, "metadata": None, "a": 1}, "7").metadata == {"a": 1}


def a_document() -> Document:
    return Document(
        "d",
        TEXT,
        passages=(Passage("title", 0, 14),),
        sentences=((0, 14),),
        tokens=((0, 7), (8, 13), (13, 14)),
        mentions=(Mention("1", 0, 7, "Drug", ("D1",)), Mention("2", 8, 13, "Effect")),
        relations=(Relation("r", "1", "2"),),
        facts=(Fact("r", "D1", "D2"),),
        metadata={"year": 1999},
    )


def test_document_comes_without_its_annotations() -> None:
    document = a_document()
    assert document_from_input(document.to_json(), "7") == document.without_annotations()


def test_document_keeps_its_mentions_if_asked() -> None:
    document = document_from_input(a_document().to_json(), "7", with_mentions=True)
    assert document.mentions == a_document().mentions
    assert (document.relations, document.facts) == ((), ())


def test_wrong_annotations_matter_only_where_they_are_read() -> None:
    value = {"text": TEXT, "mentions": [{"id": "1", "start": 0, "end": 99, "type": "Drug"}]}
    value["relations"] = "none"  # type: ignore[assignment]
    assert document_from_input(value, "7") == Document("7", TEXT)
    with pytest.raises(DocumentError, match="outside the text"):
        document_from_input(value, "7", with_mentions=True)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "expected an object, got NoneType"),
        ("text", "expected an object, got str"),
        ([{"text": "a"}], "expected an object, got list"),
        ({}, "needs a string 'text', a list of strings 'tokens', or a 'title'"),
        ({"text": None}, "needs a string 'text'"),
        ({"text": 5}, "needs a string 'text'"),
        ({"text": ["a"]}, "needs a string 'text'"),
        ({"tokens": []}, "needs a string 'text'"),
        ({"tokens": "a b"}, "needs a string 'text'"),
        ({"tokens": ["a", 5]}, "'tokens' must be strings that are not blank"),
        ({"tokens": ["a", " "]}, "'tokens' must be strings that are not blank"),
        ({"tokens": ["a", ""]}, "'tokens' must be strings that are not blank"),
        ({"tokens": ["a", [0, 1]]}, "'tokens' must be strings that are not blank"),
        ({"tokens": ["b", "a"], "text": "a b"}, "token 'a' is not where"),
        ({"tokens": ["a"], "text": None}, "'text' must be a string"),
        ({"tokens": [[0, 9]], "text": "a b"}, "outside the text"),
        ({"text": "a", "metadata": 5}, "'metadata' must be an object"),
        ({"text": "a", "metadata": "ab", "extra": 1}, "'metadata' must be an object"),
        ({"text": "a", "id": ["x"]}, "'id' must be a string or a whole number"),
        ({"text": "a", "id": 1.5}, "'id' must be a string or a whole number"),
        ({"text": "a", "schema_version": 99}, "schema version 99"),
        ({"text": "a", "sentences": ["a"]}, r"not \[start, end\]"),
        ({"text": "a", "sentences": {}}, "'sentences' must be a list"),
    ],
)
def test_wrong_input_is_named(value: Any, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as error:
        document_from_input(value, "7")
    assert error.value.document_id == "7"


def test_error_names_the_documents_own_id() -> None:
    with pytest.raises(DocumentError, match="document 'mine'"):
        document_from_input({"id": "mine"}, "7")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.text(max_size=5),
    lambda part: (
        st.lists(part, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "text", "start", "end", "type"]), part, max_size=4)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "text", "tokens", "sentences", "passages", "mentions", "metadata", "other"]
        ),
        JSON | st.text(max_size=12),
    ),
    st.booleans(),
)
def test_any_json_is_a_document_or_an_error_that_says_so(value: Any, with_mentions: bool) -> None:
    try:
        document = document_from_input(value, "7", with_mentions)
    except DocumentError:
        return
    again = document_from_input(document.to_json(), "8", with_mentions)
    assert again.to_json() == document.to_json()


@pytest.mark.parametrize(
    ("value", "inputs"),
    [
        ({"text": "a"}, [{"text": "a"}]),
        ("a b", ["a b"]),
        (["a", "b"], [["a", "b"]]),
        (["a b.", "c"], ["a b.", "c"]),
        ([{"text": "a"}, ["a"], "a"], [{"text": "a"}, ["a"], "a"]),
        (None, [None]),
    ],
)
def test_value_is_one_input_or_a_list_of_inputs(value: Any, inputs: Any) -> None:
    assert inputs_of(value) == inputs


def test_tokens_and_texts_become_objects() -> None:
    assert as_object(["a", "b"]) == {"tokens": ["a", "b"]}
    assert as_object("a b") == {"text": "a b"}
    assert as_object(1) == 1
