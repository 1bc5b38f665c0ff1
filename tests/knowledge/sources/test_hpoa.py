from pathlib import Path
from typing import Any, Dict

import pytest

from bio_ie.knowledge import KnowledgeBase, KnowledgeBaseWriter
from bio_ie.knowledge.sources import CtdSource, HpoaSource, OboSource, SourceReport
from tests.knowledge.knowledge_bases import from_source, refusal, relations

HEAD = "#DatabaseID\tDiseaseName\tQualifier\tHPO_ID\tReference\tAspect\n"


def annotated(folder: Path, tmp_path: Path, **options: Any) -> KnowledgeBase:
    path = tmp_path / "kb.sqlite"
    with KnowledgeBaseWriter(path, **options) as writer:
        for source in (
            CtdSource(str(folder / "CTD_diseases.tsv")),
            OboSource(str(folder / "phenotypes.obo")),
            HpoaSource(str(folder / "phenotype.hpoa")),
        ):
            writer.add(source.name(), source.read(SourceReport()))
        writer.finish()
    return KnowledgeBase(str(path))


def test_annotations_relate_diseases_of_other_sources_to_phenotypes(
    fixtures_folder: Path, tmp_path: Path
) -> None:
    kb = annotated(fixtures_folder / "knowledge", tmp_path)
    found = [relation for relation in relations(kb) if relation[1] not in ("is_a", "located_in")]
    assert found == [
        ("MESH:D900003", "has_phenotype", "HP:9900003"),
        ("MESH:D900003", "lacks_phenotype", "HP:9900004"),
        ("OMIM:990003", "has_phenotype", "HP:9900003"),  # by the id of an obsolete term
        ("ORPHA:99009", "has_mode_of_inheritance", "HP:9900006"),
    ]
    assert kb.evidence(*found[0]) == ("900001", "900002", "OMIM:990001")
    assert kb.concept("MESH:D900003").aliases[-1] == "Lumenitis 1"
    assert kb.concept("OMIM:990003").name == "Wandering Ache"
    assert kb.concept("ORPHA:99009").name == "Nowhere syndrome"
    assert kb.concept("ORPHA:99009").semantic_types == ("Disease",)


@pytest.mark.parametrize(
    ("excluded", "kept"),
    [
        ({"900001"}, {"has_phenotype": 2, "has_mode_of_inheritance": 1}),
        ({"900002"}, {"has_phenotype": 2, "lacks_phenotype": 1, "has_mode_of_inheritance": 1}),
        ({"900001", "900003"}, {"has_phenotype": 1, "has_mode_of_inheritance": 1}),
    ],
)
def test_annotations_of_excluded_documents_are_left_out(
    excluded: set, kept: Dict[str, int], fixtures_folder: Path, tmp_path: Path
) -> None:
    kb = annotated(fixtures_folder / "knowledge", tmp_path, exclude_documents=excluded)
    counts: Dict[str, int] = {}
    for relation in relations(kb):
        if relation[1] not in ("is_a", "located_in"):
            counts[relation[1]] = counts.get(relation[1], 0) + 1
            assert not excluded.intersection(kb.evidence(*relation))
    assert counts == kept


def test_later_releases_have_other_headings(fixtures_folder: Path, tmp_path: Path) -> None:
    text = (fixtures_folder / "knowledge" / "phenotype.hpoa").read_text()
    head = "database_id\tdisease_name\tqualifier\thpo_id\treference\tevidence\tonset\tfrequency\t"
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    (tmp_path / "x").write_text("\n".join([head + "sex\tmodifier\taspect\tbiocuration", *rows]))
    _, report = from_source(tmp_path, type="hpoa", path=str(tmp_path / "x"))
    assert report.read["annotations"] == 5


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("OMIM:1\tx\n", "x:1: no heading with the columns databaseid"),
        (HEAD + "OMIM:1\tx\n", "x:2: wrong number of columns: 2 of 6"),
        (HEAD + "OMIM:1\tx\t\tHP:1\tPMID:1\tQ\n", "x:2: not an annotation: "),
        (HEAD + "OMIM:1\tx\t\t\tPMID:1\tP\n", "x:2: not an annotation: "),
    ],
)
def test_bad_files_are_named_with_line_and_reason(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert message in refusal(tmp_path, monkeypatch, "hpoa", content)
