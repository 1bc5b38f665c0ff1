from pathlib import Path

import pytest

from tests.knowledge.knowledge_bases import from_source, refusal, relations

HEAD = "# Fields:\n# DiseaseName\tDiseaseID\tSynonyms\n#\n"


def test_diseases(fixtures_folder: Path, tmp_path: Path) -> None:
    path = str(fixtures_folder / "knowledge" / "CTD_diseases.tsv")
    kb, report = from_source(tmp_path, type="ctd", path=path)
    assert dict(report.read) == {"diseases": 4, "synonyms": 4}
    concept = kb.concept("MESH:D900003")
    assert (concept.name, concept.aliases) == (
        "Lumenitis",
        ("Inflamed Lumen", "Lumen Inflammation"),
    )
    assert concept.definition == "An invented inflammation of the lumen."
    assert concept.alternate_ids == ("DOID:900003", "OMIM:990001")
    assert concept.semantic_types == ("Disease",)
    assert relations(kb) == [
        ("MESH:C900031", "is_a", "MESH:D900003"),
        ("OMIM:990003", "is_a", "MESH:D900001"),
    ]
    assert kb.resolve("OMIM:990002") == "MESH:C900031"


def test_chemicals(fixtures_folder: Path, tmp_path: Path) -> None:
    path = str(fixtures_folder / "knowledge" / "CTD_chemicals.tsv")
    kb, report = from_source(tmp_path, type="ctd", path=path, semantic_type="Drug")
    assert dict(report.read) == {"chemicals": 2, "synonyms": 2}
    concept = kb.concept("MESH:D900011")
    assert concept.aliases == ("Zolamine", "Zolamin Hydrochloride")
    assert concept.alternate_ids == ("CAS:990-01-2", "DrugBank:DB99001")
    assert concept.semantic_types == ("Drug",)
    assert relations(kb) == [("MESH:D900011", "is_a", "MESH:D900010")]


def test_ids_without_prefix_are_meshs(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("# Fields:\n# ChemicalName\tChemicalID\nZolamin\tD900011\n")
    kb, _ = from_source(tmp_path, type="ctd", path=str(tmp_path / "x"))
    assert [concept.id for concept in kb.concepts()] == ["MESH:D900011"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("A\tMESH:D1\t\n", "x:1: no list of columns ('# Fields:') above the rows"),
        (
            "# Fields:\n# GeneSymbol\tGeneID\nX\t1\n",
            "x:2: neither CTD's diseases nor its chem",
        ),
        (HEAD + "A\tMESH:D1\n", "x:4: wrong number of columns: 2 of 3 in 'A\\tMESH:D1'"),
        (HEAD + "\tMESH:D1\t\n", "x:4: a row without id or name"),
    ],
)
def test_bad_files_are_named_with_line_and_reason(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert message in refusal(tmp_path, monkeypatch, "ctd", content)


def test_bad_lines_can_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(HEAD + "A\tMESH:D1\t\nB\n\tMESH:D2\t\n")
    kb, report = from_source(tmp_path, type="ctd", path=str(tmp_path / "x"), on_error="skip")
    assert len(kb) == 1
    assert dict(report.lost) == {"wrong number of columns": 1, "a row without id or name": 1}
