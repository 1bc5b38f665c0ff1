import json
import sys
from pathlib import Path
from typing import Any, List

import pytest
from allennlp.commands import main

import bio_ie.commands  # noqa: F401 (registers the subcommand)
from bio_ie.data.corpora.formats.biorelex import BioRelExFormat
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.text.document import Document, Mention, Relation

TEXT = "Ibuprofen eased the fever but caused a rash."
GOLD = Document(
    "d1",
    TEXT,
    mentions=(Mention("m1", 0, 9, "Drug"), Mention("m2", 39, 43, "Effect")),
    relations=(Relation("causes", "m1", "m2"),),
)
PREDICTED = Document("d1", TEXT, mentions=(Mention("m1", 0, 9, "Drug", score=0.9),))


def run(monkeypatch: pytest.MonkeyPatch, *arguments: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["bio-ie", "score", *map(str, arguments)])
    main(prog="bio-ie")


@pytest.fixture
def files(tmp_path: Path) -> List[Path]:
    paths = [tmp_path / "predicted.jsonl", tmp_path / "gold.jsonl"]
    JsonlFormat().write([PREDICTED], paths[0])
    JsonlFormat().write([GOLD, Document("d2", TEXT)], paths[1])
    return paths


def test_prints_a_table_and_writes_json(
    files: List[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, *files, "--output", tmp_path / "scores.json")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["2", "documents,", "1", "without", "a", "prediction"]
    assert ["strict", "100.00", "50.00", "66.67", "1", "1", "2"] in lines
    assert ["strict,", "macro", "50.00", "50.00", "50.00"] in lines
    assert ["last", "word", "0.00", "0.00", "0.00", "0", "0", "1"] in lines
    assert ["Drug", "100.00", "100.00", "100.00", "1", "1", "1"] in lines
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert (scores["documents"], scores["missing"]) == (2, 1)
    assert scores["entity"]["f1"] == pytest.approx(2 / 3)
    assert scores["relation"]["f1/causes"] == 0.0


def test_reads_other_formats_and_parts_of_a_corpus(
    files: List[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    part = json.dumps({"file": str(files[1]), "format": "jsonl"})
    run(monkeypatch, files[0], part, "--from", '{"type": "jsonl"}', "--gold-from", "text")
    assert "2 documents" in capsys.readouterr().out


def test_a_failed_prediction_stops_or_counts_as_missing(
    files: List[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files[0].write_text('{"id": "d1", "error": "too long"}\n')
    with pytest.raises(SystemExit) as exit_:
        run(monkeypatch, *files)
    assert exit_.value.code == 1
    assert "too long" in capsys.readouterr().err
    run(monkeypatch, *files, "--on-error", "skip")
    assert "2 documents, 2 without a prediction" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, reason",
    [(["--from", "nonsense"], "no corpus format 'nonsense'"), ([], "no annotated document")],
)
def test_errors_are_one_line(
    arguments: List[str],
    reason: str,
    files: List[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    JsonlFormat().write([Document("unknown", TEXT)], files[0])
    with pytest.raises(SystemExit):
        run(monkeypatch, *files, *arguments)
    error = capsys.readouterr().err.strip().splitlines()
    assert error[-1].startswith("error: ")
    assert reason in error[-1]


def test_prints_and_writes_the_official_score_of_biorelex(
    fixtures_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gold = fixtures_folder / "corpora" / "biorelex" / "sentences.json"
    run(monkeypatch, gold, gold, "--from", "biorelex", "--gold-from", "biorelex",
        "--output", tmp_path / "scores.json")  # fmt: skip
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["official", "precision", "recall", "f1", "correct", "wrong", "gold"] in lines
    assert ["mentions", "100.00", "100.00", "100.00"] in lines
    official = json.loads((tmp_path / "scores.json").read_text())["official"]
    (interactions,) = [line for line in lines if line[:1] == ["interactions"]]
    assert interactions[1:4] == [
        f"{100 * official[name]:.2f}" for name in ("precision", "recall", "f1")
    ]
    assert interactions[4:] == [f"{official[name]:.0f}" for name in ("correct", "wrong", "gold")]
    assert official["gold"] == 6


def test_other_corpora_have_no_official_score(
    files: List[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, *files, "--output", tmp_path / "scores.json")
    assert "official" not in capsys.readouterr().out
    assert json.loads((tmp_path / "scores.json").read_text())["official"] is None


def test_two_systems_are_compared_over_documents(
    files: List[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = tmp_path / "other.jsonl"
    JsonlFormat().write([GOLD, Document("d2", TEXT)], other)
    run(monkeypatch, *files, "--other", other, "--output", tmp_path / "scores.json")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["against", "the", "other", "better", "worse", "ties", "p"] in lines
    assert ["entity", "0", "1", "1", "1"] in lines
    written = json.loads((tmp_path / "scores.json").read_text())
    assert written["comparison"]["relation"] == {"better": 0, "worse": 1, "ties": 1, "p_value": 1.0}
    # The difference that the tables of the two systems show: F1 66.67 and 100.
    micro = written["micro_comparison"]["entity"]["strict"]
    assert micro["f1"]["difference"] == pytest.approx(-1 / 3)
    assert micro["precision"]["difference"] == 0.0
    assert micro["f1"]["low"] <= micro["f1"]["difference"] <= micro["f1"]["high"]
    assert micro["f1"]["p_value"] == 1.0  # one document that differs may be swapped or not
    assert {"fact", "linking", "official"}.isdisjoint(written["micro_comparison"])
    assert ["entities", "difference", "95", "%", "interval", "p"] in lines
    assert ["strict,", "precision", "+0.00", "+0.00", "to", "+0.00", "1"] in lines
    assert ["strict,", "f1", "-33.33"] in [line[:3] for line in lines]
    run(monkeypatch, *files)
    assert "against the other" not in capsys.readouterr().out


def test_official_scores_of_two_systems_are_compared(
    fixtures_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gold = fixtures_folder / "corpora" / "biorelex" / "sentences.json"
    documents = list(BioRelExFormat().read(gold))
    empty = [d.with_changes(mentions=(), relations=(), metadata=None) for d in documents]
    paths = [tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"]
    JsonlFormat().write(documents, paths[0])
    JsonlFormat().write(empty[1:], paths[1])
    run(monkeypatch, paths[0], gold, "--gold-from", "biorelex", "--other", paths[1],
        "--output", tmp_path / "scores.json")  # fmt: skip
    written = json.loads((tmp_path / "scores.json").read_text())
    official = written["micro_comparison"]["official"]
    assert official["mentions"]["f1"]["difference"] == 1.0
    assert official["interactions"]["recall"]["difference"] == 1.0
