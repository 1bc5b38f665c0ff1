import gzip
from pathlib import Path

import pytest

from tests.knowledge.knowledge_bases import from_source, refusal, relations

TYPES = {"C": "Disease", "D": "Chemical"}


@pytest.fixture
def folder(fixtures_folder: Path) -> Path:
    return fixtures_folder / "knowledge"


def test_lines_of_names_with_tree_numbers(folder: Path, tmp_path: Path) -> None:
    kb, report = from_source(
        tmp_path,
        type="mesh",
        path=str(folder / "mesh_descriptors.tsv"),
        tree_numbers=str(folder / "mesh_tree_numbers.tsv"),
    )
    assert dict(report.read) == {"records": 6, "names": 11, "tree numbers": 7}
    assert [name for id, name in kb.names() if id == "MESH:D900002"] == [
        "Organ Complaints", "Complaints, Organ", "Organ Complaint",
    ]  # fmt: skip
    assert relations(kb) == [
        ("MESH:D900002", "is_a", "MESH:D900001"),
        ("MESH:D900003", "is_a", "MESH:D900002"),
        ("MESH:D900011", "is_a", "MESH:D900010"),
    ]
    types = kb.semantic_types(["MESH:D900003", "MESH:D900011", "MESH:D900020"])
    assert types == {
        "MESH:D900003": ("Diseases", "Psychiatry and Psychology"),
        "MESH:D900011": ("Chemicals and Drugs",),
        "MESH:D900020": ("Analytical, Diagnostic and Therapeutic Techniques, and Equipment",),
    }


def test_types_are_named_by_the_longest_start_of_a_tree_number(
    folder: Path, tmp_path: Path
) -> None:
    kb, _ = from_source(
        tmp_path,
        type="mesh",
        path=str(folder / "mesh_descriptors.tsv"),
        tree_numbers=str(folder / "mesh_tree_numbers.tsv"),
        semantic_types={"C": "Disease", "C90.100": "Complaint", "F90": "Disease"},
    )
    assert kb.semantic_types(["MESH:D900001"]) == {"MESH:D900001": ("Disease",)}
    assert kb.semantic_types(["MESH:D900003"]) == {"MESH:D900003": ("Complaint", "Disease")}


def test_mappings_give_names_cross_references_and_types(folder: Path, tmp_path: Path) -> None:
    path = str(folder / "mesh_mappings.tsv")
    kb, report = from_source(tmp_path, type="mesh", path=path, semantic_types=TYPES)
    assert (report.read["mappings"], report.read["records"]) == (4, 3)
    assert [concept.id for concept in kb.concepts()] == [
        "MESH:C900031", "MESH:C900032", "MESH:D900011",
    ]  # fmt: skip
    concept = kb.concept("MESH:C900032")
    assert (concept.name, concept.aliases) == ("LUM1 protein, invented", ())
    assert concept.alternate_ids == ("HGNC:99001", "UP:Q99001")
    assert concept.semantic_types == ("Chemical",)
    assert kb.concept("MESH:C900031").semantic_types == ("Disease",)
    # its tree number would give another type
    assert kb.concept("MESH:D900011").semantic_types == ()


def test_mapped_names_can_be_synonyms(folder: Path, tmp_path: Path) -> None:
    path = str(folder / "mesh_mappings.tsv")
    kb, _ = from_source(tmp_path, type="mesh", path=path, mapped_names=True)
    assert kb.lookup(["familial lumenitis"]) == {"familial lumenitis": ("MESH:C900031",)}


def test_descriptors_of_xml(folder: Path, tmp_path: Path) -> None:
    kb, report = from_source(
        tmp_path, type="mesh", path=str(folder / "mesh_descriptors.xml"), semantic_types=TYPES
    )
    assert dict(report.read) == {"records": 4, "names": 7, "tree numbers": 5}
    lumenitis, zolamin = kb.concept("MESH:D900003"), kb.concept("MESH:D900011")
    assert (lumenitis.name, lumenitis.aliases) == ("Lumenitis", ("Lumenitides", "Lumen Swelling"))
    assert lumenitis.definition == "An invented inflammation of the lumen & its walls."
    assert lumenitis.semantic_types == ("Disease", "Psychiatry and Psychology")
    assert zolamin.alternate_ids == ("CAS:990-01-2",)
    assert kb.concept("MESH:D900012").definition is None
    assert relations(kb) == [
        ("MESH:D900003", "is_a", "MESH:D900001"),
        ("MESH:D900003", "see_related", "MESH:D900011"),
        ("MESH:D900011", "is_a", "MESH:D900012"),
        ("MESH:D900011", "pharmacological_action", "MESH:D900012"),
    ]


def test_supplementary_records_of_gzipped_xml(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "supp.gz"
    file.write_bytes(gzip.compress((folder / "mesh_supplementary.xml").read_bytes()))
    descriptors = {"type": "mesh", "path": str(folder / "mesh_descriptors.xml")}
    records = {"type": "mesh", "path": str(file), "semantic_types": TYPES}
    kb, _ = from_source(tmp_path, type="merged", sources=[descriptors, records])
    protein = kb.concept("MESH:C900032")
    assert (protein.name, protein.aliases) == ("LUM1 protein, invented", ("lumenin",))
    assert protein.definition == "an invented protein of the lumen"
    assert protein.alternate_ids == ("EC:9.9.9.9",)
    assert protein.semantic_types == ("Chemical",)
    assert list(kb.relations_of("MESH:C900032")) == [("mapped_to", "MESH:D900012")]
    assert kb.concept("MESH:C900031").semantic_types == ("Disease",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("D1\tA\tx\nonly one column\n", "x:2: neither names nor a mapping of a record: 'only one"),
        ("\tname\tsynonym\n", "x:1: neither names nor a mapping"),
        ("<DescriptorRecordSet><DescriptorRecord>", "x:1: not valid XML: "),
        ("<Other><Record/></Other>", "x: XML without descriptors or supplementary records"),
        ("<S>\n<DescriptorRecord><DescriptorUI>D1</DescriptorUI></DescriptorRecord></S>",
         "x:2: a record without id or name"),
        ("<!DOCTYPE s [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><DescriptorRecordSet>"
         "<DescriptorRecord><DescriptorUI>D1</DescriptorUI><DescriptorName><String>&e;</String>"
         "</DescriptorName></DescriptorRecord></DescriptorRecordSet>",
         "x:1: XML entities are not read: &e;"),
    ],
)  # fmt: skip
def test_bad_files_are_named_with_line_and_reason(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert message in refusal(tmp_path, monkeypatch, "mesh", content)


def test_bad_lines_can_be_skipped(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("D1\tA\tx\nonly one column\n")
    (tmp_path / "y").write_text("mesh_id\tmesh_name\tmesh_tree_number\nD1\tA\nD1\tA\tC1\n")
    kb, report = from_source(
        tmp_path,
        type="mesh",
        path=str(tmp_path / "x"),
        tree_numbers=str(tmp_path / "y"),
        on_error="skip",
    )
    assert len(kb) == 1
    assert dict(report.lost) == {
        "neither names nor a mapping of a record": 1, "not a tree number of a descriptor": 1,
    }  # fmt: skip


def test_xml_is_read_record_by_record(tmp_path: Path) -> None:
    """Records are freed after they are read, so a record's parent does not have all records before
    it."""
    from bio_ie.files.corpus_report import CorpusReport
    from bio_ie.files.source import Source
    from bio_ie.knowledge.sources import mesh_xml

    record = (
        "<DescriptorRecord><DescriptorUI>D{0}</DescriptorUI><DescriptorName><String>n{0}</String>"
        "</DescriptorName></DescriptorRecord>\n"
    )
    content = "".join(record.format(number) for number in range(5000))
    (tmp_path / "x").write_text(f"<DescriptorRecordSet>{content}</DescriptorRecordSet>")
    elements = []
    original = mesh_xml._record
    mesh_xml._record = lambda element: (  # type: ignore[assignment]
        elements.append(len(element.getparent())) or original(element)
    )
    try:
        source = Source(tmp_path / "x", "x", "raise", CorpusReport())
        assert len(list(mesh_xml.read_records(source))) == 5000
    finally:
        mesh_xml._record = original
    assert max(elements) < 1000  # the parser is a little ahead
