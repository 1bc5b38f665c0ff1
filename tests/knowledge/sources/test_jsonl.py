import gzip
import json
from pathlib import Path

import pytest

from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge.sources import write_jsonl
from tests.knowledge.knowledge_bases import from_source


@pytest.fixture
def path(fixtures_folder: Path) -> Path:
    return fixtures_folder / "knowledge" / "kb.jsonl"


def test_concepts_of_scispacys_format(path: Path, tmp_path: Path) -> None:
    kb, report = from_source(tmp_path, type="jsonl", path=str(path))
    assert dict(report.read) == {"concepts": 3, "aliases": 4}
    concept = kb.concept("C9900003")
    assert concept.name == "Lumenitis"
    assert concept.aliases == ("Inflammation of lumen", "Lumenitis NOS", "Lumenitis NOS")
    assert (concept.semantic_types, concept.definition) == (("T998",), "An invented inflammation.")


def test_array_is_read_as_well(path: Path, tmp_path: Path) -> None:
    items = [json.loads(line) for line in path.read_text().splitlines()]
    (tmp_path / "x").write_text(json.dumps(items))
    lines, array = (
        from_source(tmp_path, type="jsonl", path=str(file))[0].fingerprint
        for file in (path, tmp_path / "x")
    )
    assert lines == array


def test_what_is_written_reads_the_same(path: Path, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="jsonl", path=str(path))
    assert write_jsonl(kb, tmp_path / "out.jsonl.gz") == 3
    again, _ = from_source(tmp_path, type="jsonl", path=str(tmp_path / "out.jsonl.gz"))
    assert again.fingerprint == kb.fingerprint
    written = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()).decode()
    original = [json.loads(line) for line in path.read_text().splitlines()]
    assert [json.loads(line) for line in written.splitlines()] == original


def test_alternate_ids_survive_writing(fixtures_folder: Path, tmp_path: Path) -> None:
    ctd = str(fixtures_folder / "knowledge" / "CTD_diseases.tsv")
    kb, _ = from_source(tmp_path, type="ctd", path=ctd)
    before = list(kb.concepts())
    write_jsonl(kb, tmp_path / "out.jsonl")
    again, _ = from_source(tmp_path, type="jsonl", path=str(tmp_path / "out.jsonl"))
    assert list(again.concepts()) == before


def test_scispacy_reads_what_is_written(fixtures_folder: Path, tmp_path: Path) -> None:
    linking_utils = pytest.importorskip("scispacy.linking_utils")
    ctd = str(fixtures_folder / "knowledge" / "CTD_diseases.tsv")
    kb, _ = from_source(tmp_path, type="ctd", path=ctd)
    written = []
    write_jsonl(kb, tmp_path / "out.jsonl")
    for line in (tmp_path / "out.jsonl").read_text().splitlines():
        item = json.loads(line)
        item.pop("alternate_ids", None)
        written.append(linking_utils.Entity(**item))
    assert [entity.concept_id for entity in written] == [concept.id for concept in kb.concepts()]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not valid JSON"),
        ("5", "not a concept: 5 is not an object"),
        (
            '{"concept_id": "A"}',
            "not a concept: canonical_name must be a string that is not blank, not None",
        ),
        (
            '{"concept_id": "", "canonical_name": "a"}',
            "not a concept: concept_id must be a string that is not blank, not ''",
        ),
        (
            '{"concept_id": "A", "canonical_name": "a", "aliases": "b"}',
            "aliases must be a list of strings, not 'b'",
        ),
        (
            '{"concept_id": "A", "canonical_name": "a", "types": [1]}',
            "types must be a list of strings, not [1]",
        ),
        (
            '{"concept_id": "A", "canonical_name": "a", "definition": 5}',
            "definition must be a string, not 5",
        ),
    ],
)
def test_bad_lines_are_named_and_can_be_skipped(line: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text('{"concept_id": "B", "canonical_name": "b"}\n' + line + "\n")
    with pytest.raises(CorpusError) as caught:
        from_source(tmp_path, type="jsonl", path=str(path))
    assert str(caught.value).startswith(f"{path}:2: ")
    assert message in str(caught.value)
    kb, report = from_source(tmp_path, type="jsonl", path=str(path), on_error="skip")
    assert (len(kb), sum(report.lost.values())) == (1, 1)
