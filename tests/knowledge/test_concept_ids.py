import pytest

from bio_ie.knowledge.concept_ids import normalize_id, split_id


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("MSH:D900003", "MESH:D900003"),
        ("MeSH:D900003", "MESH:D900003"),
        ("DO:DOID:900003", "DOID:900003"),
        ("DOID:900003", "DOID:900003"),
        ("HPO:HP:9900003", "HP:9900003"),
        ("UMLS_CUI:C9900003", "C9900003"),
        ("UMLS:C9900003", "C9900003"),
        ("SNOMEDCT_US_2015_03_01:990", "SNOMEDCT_US:990"),
        ("NCI2009_04D:C99", "NCIT:C99"),
        ("Orphanet:99", "ORPHA:99"),
        (" OMIM: 990001 ", "OMIM:990001"),
        ("Unknown:x:y", "Unknown:x:y"),
        ("C9900003", "C9900003"),
        (":x", ":x"),
        ("x:", "x:"),
    ],
)
def test_one_concept_has_one_id(written: str, expected: str) -> None:
    assert normalize_id(written) == expected
    assert normalize_id(expected) == expected


def test_an_id_without_prefix_is_local() -> None:
    assert split_id("C9900003") == (None, "C9900003")
    assert split_id("MESH:D1") == ("MESH", "D1")
