import json
from pathlib import Path

import pytest

from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Fact, Passage


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


def test_title_and_abstract_in_place_of_a_text_are_its_passages(tmp_path: Path) -> None:
    line = {"id": 7, "title": "A.", "abstract": "B c.", "year": 2019, "facts": [
        {"type": "r", "head": "X", "tail": "Y"}
    ]}  # fmt: skip
    (tmp_path / "x").write_text(json.dumps(line) + '\n{"id": "8", "title": "A.", "abstract": null}')
    first, second = JsonlFormat().read(tmp_path / "x")
    assert (first.id, first.text, first.metadata) == ("7", "A. B c.", {"year": 2019})
    assert first.passages == (Passage("title", 0, 2), Passage("abstract", 3, 7))
    assert first.facts == (Fact("r", "X", "Y"),)
    assert (second.text, second.passages) == ("A.", (Passage("title", 0, 2),))


def test_unknown_fields_beside_a_text_stay_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('{"id": "1", "text": "A.", "title": "A."}')
    with pytest.raises(CorpusError, match=r"x:1: .*unknown fields \['title'\]"):
        list(JsonlFormat().read(tmp_path / "x"))


def test_title_that_is_no_string_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_text('{"id": "1", "title": ["A."]}')
    with pytest.raises(CorpusError, match="'title' must be a string"):
        list(JsonlFormat().read(tmp_path / "x"))
