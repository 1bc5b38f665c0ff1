import json
import sys
from pathlib import Path
from typing import Any, List

import pytest
import torch
from allennlp.commands import main

import bio_ie.commands  # noqa: F401 (registers the subcommand)
from bio_ie.data.corpora.formats.biorelex import BioRelExFormat
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.knowledge.leaks import evidence_notes
from bio_ie.knowledge.statements import ConceptName, ConceptRelation, ConceptType
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


def knowledge(folder: Path, *documents: str) -> List[Path]:
    """A knowledge base whose only relation comes from some documents, and vectors of it."""
    folder.mkdir()
    kb, vectors = folder / "kb.sqlite", folder / "kb.safetensors"
    concepts = ("X:1", "X:2")
    statements = [ConceptName(concept, concept) for concept in concepts]
    types = [ConceptType(concept, "Thing") for concept in concepts]
    relation = ConceptRelation(concepts[0], "causes", concepts[1], documents)
    write_knowledge_base(kb, {"toy": [*statements, *types, relation]})
    notes = evidence_notes(KnowledgeBase(str(kb)), from_relations=True)
    write_concept_vectors(vectors, list(concepts), torch.ones(2, 3), "distmult", notes)
    return [kb, vectors]


def told(printed: str) -> List[str]:
    """The errors and warnings on standard error, without AllenNLP's log."""
    return [line for line in printed.splitlines() if line.startswith(("error: ", "warning: "))]


def test_documents_that_knowledge_comes_from_are_not_scored(
    files: List[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other_kb, other_vectors = knowledge(tmp_path / "other", "d9", "PMID:8")
    kb, vectors = knowledge(tmp_path / "leaking", "d9", "PMID:d2#1")
    run(monkeypatch, *files, "--kb", other_kb, "--vectors", other_vectors)
    table = capsys.readouterr().out
    for option, file, what in (("--kb", kb, "knowledge base"), ("--vectors", vectors, "vectors")):
        with pytest.raises(SystemExit):
            run(monkeypatch, *files, option, file)
        leak = f"1 of 2 scored papers (such as d2) is evidence in the {what} {file}"
        printed = capsys.readouterr()
        (line,) = told(printed.err)
        assert line.startswith(f"error: {files[1]}: {leak}")
        assert "--on-leak warn" in line
        assert not printed.out
        run(monkeypatch, *files, option, file, "--on-leak", "warn")
        printed = capsys.readouterr()
        (line,) = told(printed.err)
        assert line.startswith(f"warning: {leak}")
        assert printed.out == table


def test_documents_that_predictions_were_made_with_are_not_scored(
    files: List[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kb, _ = knowledge(tmp_path / "leaking", "d1")
    known = PREDICTED.with_changes(metadata={"known_from": [str(kb), "x.safetensors"]})
    JsonlFormat().write([known], tmp_path / "known.jsonl")
    for arguments in ([tmp_path / "known.jsonl", files[1]], [*files, "--other", "known.jsonl"]):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit):
            run(monkeypatch, *arguments)
        error = capsys.readouterr().err
        assert f"1 of 2 scored papers (such as d1) is evidence in {kb}, which the model" in error
    # A knowledge base that is given as well is told of once.
    run(monkeypatch, tmp_path / "known.jsonl", files[1], "--kb", kb, "--on-leak", "warn")
    warnings = told(capsys.readouterr().err)
    assert len(warnings) == 2
    assert "evidence in x.safetensors, which the model" in warnings[1]
