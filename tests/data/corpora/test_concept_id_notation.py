from typing import Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora.concept_id_notation import ConceptIdNotation

ids = ConceptIdNotation()


@pytest.mark.parametrize(
    ("notation", "concept_ids"),
    [
        ("D000001", ("D000001",)),
        ("D1|D2", ("D1", "D2")),
        ("D1,D2", ("D1", "D2")),
        ("D1, D2", ("D1", "D2")),
        ("11;12;13", ("11", "12", "13")),
        ("-1", ()),
        ("-", ()),
        ("", ()),
        ("D1|-1", ("D1",)),
        ("UMLS:C1|UMLS:C2", ("C1", "C2")),
        ("MESH:D1", ("MESH:D1",)),
        ("p|SUB|S|369|R", ("p|SUB|S|369|R",)),
        ("c|SUB|C||T", ("c|SUB|C||T",)),
        ("tmVar:p|SUB|V|6|E;HGVS:p.V6E", ("tmVar:p|SUB|V|6|E;HGVS:p.V6E",)),
        ("1350(Tax:9606)", ("1350(Tax:9606)",)),
    ],
)
def test_split(notation: str, concept_ids: Tuple[str, ...]) -> None:
    assert ids.split(notation) == concept_ids


def test_other_prefixes_can_be_stripped() -> None:
    assert ConceptIdNotation(["MESH:"]).split("MESH:D1|UMLS:C1") == ("D1", "UMLS:C1")


def test_usual_notation_needs_no_metadata_and_another_one_is_remembered() -> None:
    assert ids.read("D1|D2") == (("D1", "D2"), None)
    assert ids.read("-1", without_ids="-1") == ((), None)
    assert ids.read("D1,D2") == (("D1", "D2"), {"identifier": "D1,D2"})


def test_remembered_notation_is_written_only_while_it_says_the_same_ids() -> None:
    metadata = {"identifier": "UMLS:C1"}
    assert ids.write(("C1",), metadata) == "UMLS:C1"
    assert ids.write(("C2",), metadata) == "C2"
    assert ids.write((), metadata, "-1") == "-1"


def test_id_with_separators_or_a_stripped_prefix_has_no_notation() -> None:
    assert ids.join(("a|b",)) is None
    assert ids.join(("UMLS:C1",)) is None


@given(st.text("|,;-1UMLS:apcSB ", max_size=12))
def test_what_was_read_is_written_as_it_was(notation: str) -> None:
    concept_ids, metadata = ids.read(notation, "-1")
    assert ids.write(concept_ids, metadata, "-1") == notation


@given(st.lists(st.text("|,;-1ab", max_size=4), max_size=3).map(tuple))
def test_what_was_joined_splits_into_the_same_ids(concept_ids: Tuple[str, ...]) -> None:
    notation = ids.join(concept_ids)
    assert notation is None or ids.split(notation) == concept_ids
