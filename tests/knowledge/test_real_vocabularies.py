"""Reads the published vocabularies, whose counts are known."""

import json
from pathlib import Path
from typing import Any

import pytest

from bio_ie.knowledge import KnowledgeBase
from tests.knowledge.knowledge_bases import from_source


def counts(kb: KnowledgeBase, *names: str) -> Any:
    return tuple(int(kb.metadata[name]) for name in names)


def test_ctd_diseases(corpus_folder: Path, tmp_path: Path) -> None:
    path = str(corpus_folder / "kb/CTD_diseases.tsv.gz")
    kb, report = from_source(tmp_path, type="ctd", path=path)
    assert dict(report.read) == {"diseases": 11_865, "synonyms": 66_129}
    assert counts(kb, "concepts", "synonyms", "concepts_with_type") == (11_865, 66_129, 11_865)
    assert counts(kb, "definitions", "relations") == (4_691, 20_018)
    assert kb.resolve("OMIM:203400") in kb


def test_mesh_descriptors_with_tree_numbers(corpus_folder: Path, tmp_path: Path) -> None:
    folder = corpus_folder / "kb"
    kb, report = from_source(
        tmp_path,
        type="mesh",
        path=str(folder / "mesh_id_label_mappings.tsv.gz"),
        tree_numbers=str(folder / "dhimmel_mesh_tree-numbers.tsv.gz"),
    )
    assert report.read["tree numbers"] == 56_341
    assert counts(kb, "concepts", "names", "semantic_types") == (29_351, 153_253, 16)
    assert ("is_a", "MESH:D004827") in list(kb.relations_of("MESH:D012640"))


def test_mesh_mappings(corpus_folder: Path, tmp_path: Path) -> None:
    path = str(corpus_folder / "kb/mesh_mappings.tsv.gz")
    kb, report = from_source(tmp_path, type="mesh", path=path)
    assert report.read["mappings"] == 28_737
    assert sum(concept.startswith("MESH:C") for concept, _ in kb.names()) > 15_000


def test_phenotypes_of_obo_graph(corpus_folder: Path, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="obo", path=str(corpus_folder / "hpo/hp.json.gz"))
    assert len(kb) == 16_874
    assert counts(kb, "relations", "concepts_with_type") == (21_138, 16_874)
    assert "Phenotypic abnormality" in json.loads(kb.metadata["semantic_types_by_type"])


@pytest.mark.parametrize(
    ("file", "terms"), [("hpo/hp_2017-04-13.obo.gz", 12_358), ("kb/doid_2016.obo.gz", 9_243)]
)
def test_ontologies_of_obo_text(file: str, terms: int, corpus_folder: Path, tmp_path: Path) -> None:
    kb, report = from_source(tmp_path, type="obo", path=str(corpus_folder / file), obsolete=True)
    assert report.read["terms"] == len(kb) == terms


def test_annotations_of_diseases(corpus_folder: Path, tmp_path: Path) -> None:
    sources = [
        {"type": "obo", "path": str(corpus_folder / "hpo/hp.json.gz")},
        {"type": "hpoa", "path": str(corpus_folder / "hpo/phenotype.hpoa.gz")},
    ]
    kb, report = from_source(tmp_path, type="merged", sources=sources)
    assert report.read["annotations"] == 253_363
    relations = json.loads(kb.metadata["relations_by_type"])
    assert relations["has_phenotype"] > 230_000
    assert relations["lacks_phenotype"] > 1_400


def test_sample_of_the_umls(corpus_folder: Path, tmp_path: Path) -> None:
    kb, _ = from_source(
        tmp_path, type="umls", path=str(corpus_folder / "umls_rrf_sample/umls_META")
    )
    assert [(concept.id, concept.semantic_types) for concept in kb.concepts()] == [
        ("C0000005", ("T116",)), ("C0000039", ("T109", "T121")),
    ]  # fmt: skip
    assert kb.concept("C0000005").aliases == ("(131)I-MAA",)
    definition = kb.concept("C0000039").definition
    assert definition is not None
    assert definition.startswith("Synthetic phospholipid")
    assert kb.resolve("MESH:D015060") == "C0000039"


def test_sample_of_scispacys_format(corpus_folder: Path, tmp_path: Path) -> None:
    path = corpus_folder / "umls_rrf_sample/umls_test_fixture.json"
    kb, report = from_source(tmp_path, type="jsonl", path=str(path))
    items = json.loads(path.read_text("utf-8"))
    assert len(kb) == report.read["concepts"] == len(items)
    assert kb.concept("C0000005").aliases == ("(131)I-MAA",)
