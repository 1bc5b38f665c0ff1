"""The contract of every knowledge source."""

import gzip
from pathlib import Path
from typing import Any, Dict

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge.sources import KnowledgeSource, MergedSource, SourceReport
from tests.knowledge.knowledge_bases import from_source

FILES = {
    "ctd": "CTD_diseases.tsv",
    "hpoa": "phenotype.hpoa",
    "jsonl": "kb.jsonl",
    "mesh": "mesh_descriptors.tsv",
    "obo": "phenotypes.obo",
    "umls": "umls/META/MRCONSO.RRF",
}


def params(name: str, path: Path) -> Dict[str, Any]:
    return {"type": name, "path": str(path.parent if name == "umls" else path)}


def test_every_registered_name_is_tested_here() -> None:
    assert {*FILES, "merged"} == set(KnowledgeSource.list_available())


@pytest.mark.parametrize("name", FILES)
def test_building_twice_gives_the_same_fingerprint(
    name: str, fixtures_folder: Path, tmp_path: Path
) -> None:
    options = params(name, fixtures_folder / "knowledge" / FILES[name])
    prints = [from_source(tmp_path, **options)[0].fingerprint for _ in range(2)]
    assert prints[0] == prints[1]


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError) as caught:
        from_source(tmp_path, **params(name, tmp_path / "no" / "MRCONSO.RRF"))
    assert str(tmp_path / "no") in str(caught.value)
    assert not (tmp_path / "kb.sqlite").exists()


@pytest.mark.parametrize("name", FILES)
def test_gzip_that_breaks_off_is_named(name: str, fixtures_folder: Path, tmp_path: Path) -> None:
    content = gzip.compress((fixtures_folder / "knowledge" / FILES[name]).read_bytes())
    path = tmp_path / "MRCONSO.RRF"
    path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(CorpusError, match=r"MRCONSO\.RRF(:\d+)?: broken gzip file"):
        from_source(tmp_path, **params(name, path))
    assert not (tmp_path / "kb.sqlite").exists()


@pytest.mark.parametrize("name", FILES)
def test_wrong_on_error_is_a_configuration_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="on_error must be 'raise' or 'skip'"):
        from_source(tmp_path, **params(name, tmp_path / "x"), on_error="ignore")


def test_merged_source_has_the_parts_of_all(fixtures_folder: Path) -> None:
    options = [
        params(name, fixtures_folder / "knowledge" / FILES[name]) for name in ("mesh", "ctd", "obo")
    ]
    inner = {"type": "merged", "sources": options[:2]}
    source = KnowledgeSource.from_params(
        Params({"type": "merged", "sources": [inner, options[2]], "merge_by": ["MESH"]})
    )
    assert isinstance(source, MergedSource)
    names = [part.name() for part in source.parts()]
    assert names == ["mesh mesh_descriptors.tsv", "ctd CTD_diseases.tsv", "obo phenotypes.obo"]
    assert source.merge_by == ("MESH",)
    report = SourceReport()
    together = list(source.read(report))
    assert together == [item for part in source.parts() for item in part.read(SourceReport())]
    assert report.read["records"] == 6
    assert report.read["diseases"] == 4


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(ConfigurationError, match="at least one source"):
        KnowledgeSource.from_params(Params({"type": "merged", "sources": []}))
