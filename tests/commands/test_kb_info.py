import json
from pathlib import Path

import pytest

from bio_ie.knowledge import KnowledgeBase
from tests.commands.test_build_kb import error_line, run


@pytest.fixture
def kb(fixtures_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    out = tmp_path / "kb.sqlite"
    path = fixtures_folder / "knowledge" / "umls"
    assert run(monkeypatch, "--source", "umls", "--path", path, "--output", out) == 0
    return out


def test_summary(
    kb: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(monkeypatch, kb, command="kb-info") == 0
    printed = capsys.readouterr().out
    for line in (
        "sources: umls umls",
        f"fingerprint: {KnowledgeBase(str(kb)).fingerprint}",
        "3 concepts, 1 with a definition",
        "6 names, 3 synonyms among them",
        "4 alternate ids",
        "3 semantic types, 3 concepts with at least one",
        "           2  T998 (Invented Disease)",
        "4 relations between concepts",
        "           1  may_treat",
        "1 relation between semantic types",
        "           1  treats",
        "left out when the knowledge base was built",
        "           1  semantic types of ids that no source names",
    ):
        assert line in printed.split("\n")


def test_concept_is_found_by_any_id(
    kb: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(monkeypatch, kb, "--concept", "MSH:D900003", command="kb-info") == 0
    assert capsys.readouterr().out.split("\n") == [
        "C9900003  Lumenitis",
        "  definition: An invented inflammation of the lumen.",
        "  synonyms: lumenitis (finding); Lumen Inflammation",
        "  semantic types: T998",
        "  alternate ids: HP:9900003; MESH:D900003; SNOMEDCT_US:990",
        "  isa C9900004  Complaint of organ",
        "",
    ]


def test_export_is_scispacys_format(
    kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "kb.jsonl"
    assert run(monkeypatch, kb, "--to-jsonl", out, command="kb-info") == 0
    assert f"wrote {out}: 3 concepts" in capsys.readouterr().out
    items = [json.loads(line) for line in out.read_text().splitlines()]
    assert items[0]["canonical_name"] == "Lumenitis"
    assert len(items) == 3


def test_what_cannot_be_read_is_one_line_and_status_1(
    kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, tmp_path / "no.sqlite", command="kb-info") == 1
    assert "no.sqlite: there is no such file" in error_line(capsys)
    assert run(monkeypatch, kb, "--concept", "X:1", command="kb-info") == 1
    assert "kb.sqlite: there is no concept 'X:1'" in error_line(capsys)
