import re
from pathlib import Path
from typing import List

import pytest
import torch

from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.concept_embeddings import read_concept_vectors
from bio_ie.knowledge.statements import ConceptRelation, Definition
from bio_ie.modules.concept_embedders import ConceptEmbedder
from bio_ie.text.stable_key import stable_key
from tests.commands.test_build_kb import error_line, run
from tests.knowledge.knowledge_bases import built, named

SMALL = ["--dimension", 8, "--epochs", 3, "--batch-size", 16, "--negatives", 8]


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    """A knowledge base of twelve related concepts, and one concept without relations."""
    statements = [s for n in range(13) for s in named(f"X:{n}", f"name {n}", types=["Thing"])]
    statements += [
        ConceptRelation(f"X:{n}", "near", f"X:{m}") for n in range(12) for m in range(n % 3, n, 3)
    ]
    statements += [ConceptRelation("X:0", "near", "X:1"), ConceptRelation("X:1", "near", "X:2")]
    statements += [Definition(f"X:{n}", f"The thing of number {n}.") for n in range(5)]
    return built(tmp_path, statements)


def embed(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    return run(monkeypatch, *arguments, command="embed-concepts")


def test_distmult_reports_held_out_relations_and_writes_vectors(
    kb: KnowledgeBase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "new folder" / "v.safetensors"
    arguments: List[object] = [kb.path, "--method", "distmult", "--output", out, *SMALL]
    assert embed(monkeypatch, *arguments, "--held-out", 0.2) == 0
    printed = capsys.readouterr().out
    assert "1 concept has no relation, and gets no vector\n" in printed
    expected = r"training on .* 12 concepts and 1 semantic type; 8 edges are held out\n"
    assert re.search(expected, printed)
    for name in ("chance", "frequency", "all relations", "near", "inverse:near"):
        assert re.search(rf"^{name} +[48] +0\.\d{{4}}(  +[01]\.\d{{4}}){{3}}$", printed, re.M), name
    assert f"wrote {out}: 13 vectors of 8 dimensions" in printed
    content = read_concept_vectors(out)
    assert set(content.concept_ids()) == {*(f"X:{n}" for n in range(12)), "Thing"}
    assert content.kind == "distmult"
    assert content.notes["knowledge_base"] == kb.fingerprint
    assert content.notes["settings"]["held_out"] == 0.2
    assert content.notes["link_prediction"]["near"]["queries"] == 4


def test_the_same_command_writes_the_same_vectors(
    kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        arguments = ["--method", "distmult", "--output", tmp_path / name, "--seed", seed]
        assert embed(monkeypatch, kb.path, *arguments, *SMALL) == 0
        digests.append(read_concept_vectors(tmp_path / name).digest)
    assert digests[0] == digests[1] != digests[2]


def test_nothing_held_out_is_nothing_reported(
    kb: KnowledgeBase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--method", "distmult", "--output", tmp_path / "v", "--held-out", 0, "--no-types"]
    assert embed(monkeypatch, kb.path, *arguments, *SMALL, "--half") == 0
    printed = capsys.readouterr().out
    assert "0 semantic types; 0 edges are held out" in printed
    assert "chance" not in printed
    content = read_concept_vectors(tmp_path / "v")
    assert len(content.keys) == 12
    assert content.vectors.dtype == torch.float16
    assert "link_prediction" not in content.notes


@pytest.mark.parametrize("name_fallback, concepts", [(False, 5), (True, 13)])
def test_description_vectors_are_what_the_concept_embedder_reads(
    name_fallback: bool,
    concepts: int,
    kb: KnowledgeBase,
    tmp_path: Path,
    fixtures_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "v.safetensors"
    encoder = fixtures_folder / "encoders" / "tiny_bert"
    arguments: List[object] = ["--method", "description", "--output", out, "--encoder", encoder]
    arguments += ["--name-fallback"] if name_fallback else []
    assert embed(monkeypatch, kb.path, *arguments, "--max-length", 8) == 0
    printed = capsys.readouterr().out
    assert (
        f"{concepts} concepts and 1 semantic type with a text; {13 - concepts} concepts without"
    ) in printed
    assert re.search(r"\d+ texts were cut off at 8 wordpieces", printed)
    content = read_concept_vectors(out)
    assert content.notes["settings"]["name_fallback"] is name_fallback
    embedder = ConceptEmbedder.by_name("description")(vectors=str(out))
    keys = torch.tensor([stable_key(id_) for id_ in ("X:0", "Thing", "X:12")])
    vectors = embedder(keys, torch.zeros(0, 2).long())
    row = content.concept_ids().index("X:0")
    assert torch.equal(vectors[0], content.vectors[row])
    assert vectors[1].any()
    assert bool(vectors[2].any()) is name_fallback


def test_what_is_wrong_is_one_line_before_any_training(
    kb: KnowledgeBase,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "v"
    distmult = ["--method", "distmult", "--output", out]
    description = ["--method", "description", "--output", out]
    missing = tmp_path / "missing"
    for arguments, message in (
        ([missing, *distmult], "there is no such file"),
        ([kb.path, *distmult, "--encoder", "x"], "--encoder is only for --method description"),
        ([kb.path, *description, "--epochs", 3], "--epochs is only for --method distmult"),
        ([kb.path, *distmult, "--epochs", 0], "epochs must be positive, not 0"),
        ([kb.path, *distmult, "--held-out", 1.5], "held_out must be at least 0 and less than 1"),
        ([kb.path, *distmult, "--output", tmp_path], "is a folder, not a file to write"),
        ([kb.path, *description, "--encoder", missing], "no folder"),
        ([kb.path, *distmult, "--cuda-device", 99], "there is no GPU 99"),
    ):
        assert embed(monkeypatch, *arguments) == 1
        assert message in error_line(capsys)
    assert not out.exists()


def test_knowledge_base_without_relations_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kb = built(tmp_path, named("A", "a"))
    assert embed(monkeypatch, kb.path, "--method", "distmult", "--output", tmp_path / "v") == 1
    assert "has no relations between concepts" in error_line(capsys)
