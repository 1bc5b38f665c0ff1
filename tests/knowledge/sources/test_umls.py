import gzip
import json
import shutil
from pathlib import Path

import pytest

from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge import Node
from tests.knowledge.knowledge_bases import from_source, relations


@pytest.fixture
def path(fixtures_folder: Path) -> str:
    return str(fixtures_folder / "knowledge" / "umls")


def test_concepts_of_the_language_with_all_that_is_said_of_them(path: str, tmp_path: Path) -> None:
    kb, report = from_source(tmp_path, type="umls", path=path)
    assert [concept.id for concept in kb.concepts()] == ["C9900003", "C9900004", "C9900011"]
    concept = kb.concept("C9900003")
    assert concept.name == "Lumenitis"
    assert concept.aliases == ("lumenitis (finding)", "Lumen Inflammation")
    assert concept.definition == "An invented inflammation of the lumen."
    assert concept.semantic_types == ("T998",)
    assert concept.alternate_ids == ("HP:9900003", "MESH:D900003", "SNOMEDCT_US:990")
    # Not MESH:D900003, because the concept has only an entry term of it.
    assert kb.concept("C9900004").alternate_ids == ("SNOMEDCT_US:900",)
    assert kb.concept("C9900011").alternate_ids == ()
    assert kb.concept("C9900011").definition is None
    assert report.read["rows of names"] == 10
    assert kb.resolve("MSH:D900003") == kb.resolve("D900003") == "C9900003"
    assert kb.resolve("UMLS:C9900004") == "C9900004"


def test_second_concept_of_a_row_stands_in_the_relation_to_the_first(
    path: str, tmp_path: Path
) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=path)
    assert relations(kb) == [
        ("C9900003", "isa", "C9900004"),
        ("C9900004", "inverse_isa", "C9900003"),
        ("C9900004", "SIB", "C9900011"),
        ("C9900011", "may_treat", "C9900003"),
    ]


def test_inverse_relations_are_those_that_the_umls_documents(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=path)
    assert kb.inverses() == {
        "SIB": "SIB",
        "has_type": "inverse:has_type",
        "inverse:has_type": "has_type",
        "inverse_isa": "isa",
        "isa": "inverse_isa",
        "may_be_treated_by": "may_treat",
        "may_treat": "may_be_treated_by",
        "treated_by": "treats",
        "treats": "treated_by",
    }


def test_subgraph_has_relations_between_types(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=path)
    assert kb.type_relations() == (("T999", "treats", "T998"),)
    assert kb.type_names() == {
        "T997": "Invented Finding", "T998": "Invented Disease", "T999": "Invented Substance",
    }  # fmt: skip
    graph = kb.subgraph(["C9900011", "C9900003"])
    assert graph.nodes[2:] == (Node("T998", "type"), Node("T999", "type"))
    assert graph.edges == [
        (0, "has_type", 3),
        (0, "may_treat", 1),
        (1, "has_type", 2),
        (1, "may_be_treated_by", 0),
        (2, "inverse:has_type", 1),
        (2, "treated_by", 3),
        (3, "inverse:has_type", 0),
        (3, "treats", 2),
    ]


def test_languages_are_ranked(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=path, languages=["FRE", "ENG"])
    assert kb.concept("C9900003").name == "Luménite"
    assert kb.concept("C9900003").definition == "Une inflammation inventée."
    assert kb.concept("C9900012").name == "Lumière"


def test_vocabularies_are_chosen(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=path, vocabularies=["MSH"])
    assert [name for _, name in kb.names()] == [
        "Lumenitis",
        "Lumen Inflammation",
        "Organ Complaint",
    ]
    assert relations(kb) == []
    assert json.loads(kb.metadata["left_out"])["semantic types of ids that no source names"] == 2


@pytest.mark.parametrize("types", [["T997"], ["Invented Finding"]])
def test_semantic_types_are_chosen_by_id_or_name(types: list, path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=path, semantic_types=types)
    assert [concept.id for concept in kb.concepts()] == ["C9900004"]
    assert kb.concept("C9900004").semantic_types == ("T997", "T998")
    # C9900012 has the type, but no English name.
    assert json.loads(kb.metadata["left_out"]) == {"semantic types of ids that no source names": 1}


def test_unknown_semantic_type_is_an_error(path: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no concept has the semantic type T000"):
        from_source(tmp_path, type="umls", path=path, semantic_types=["T000", "T998"])


def test_suppressed_rows_can_be_read(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=path, suppressed=True)
    assert "Lumen trouble" in kb.concept("C9900003").aliases
    assert kb.concept("C9900011").definition == "An obsolete definition."
    assert ("C9900004", "due_to", "C9900003") in relations(kb)


def test_meta_folder_alone_gzipped_and_without_the_rest_will_do(path: str, tmp_path: Path) -> None:
    for name in ("MRCONSO.RRF", "MRREL.RRF"):
        content = (Path(path) / "META" / name).read_bytes()
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
    kb, _ = from_source(tmp_path, type="umls", path=str(tmp_path))
    assert len(kb) == 3
    assert kb.inverses()["isa"] == "inverse:isa"
    assert kb.inverses()["SIB"] == "SIB"


def test_network_is_found_beside_the_meta_folder(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="umls", path=str(Path(path) / "META"))
    assert kb.type_relations()


def test_folder_without_names_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r": there is no MRCONSO\.RRF in this folder"):
        from_source(tmp_path, type="umls", path=str(tmp_path))


def test_bad_rows_are_named_and_can_be_skipped(path: str, tmp_path: Path) -> None:
    folder = tmp_path / "META"
    shutil.copytree(Path(path) / "META", folder)
    with open(folder / "MRSTY.RRF", "a") as file:
        file.write("C9900003|T998|B9.9|\n")
    with pytest.raises(CorpusError, match=r"MRSTY\.RRF:6: wrong number of fields: 3 of 6 in 'C99"):
        from_source(tmp_path, type="umls", path=str(folder))
    _, report = from_source(tmp_path, type="umls", path=str(folder), on_error="skip")
    assert dict(report.lost) == {"wrong number of fields": 1}
