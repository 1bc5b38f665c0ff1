import json
from pathlib import Path

from bio_ie.data.corpora import CorpusReport
from bio_ie.data.corpora.jsonl import JsonlFormat


def test_fixture_comes_back_byte_by_byte(fixtures_folder: Path, tmp_path: Path) -> None:
    path = fixtures_folder / "corpora" / "jsonl" / "sample.jsonl"
    JsonlFormat().write(JsonlFormat().read(path), tmp_path / "x.jsonl")
    assert (tmp_path / "x.jsonl").read_bytes() == path.read_bytes()


def test_blank_lines_are_nothing_and_failed_predictions_are_counted(tmp_path: Path) -> None:
    lines = [{"id": "1", "text": "a"}, {"id": "2", "error": "too long"}, {"id": "3", "text": ""}]
    (tmp_path / "x").write_text("\n\n".join(map(json.dumps, lines)))
    report = CorpusReport()
    documents = list(JsonlFormat(on_error="skip").read(tmp_path / "x", report))
    assert [document.id for document in documents] == ["1", "3"]
    assert report.lost == {"prediction failed for this document": 1}
