import gzip
import json
import re
import sys
from pathlib import Path
from typing import List

import pytest
from allennlp.commands import main

from bio_ie.commands.excluded_documents import excluded_documents, scored_documents
from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge import KnowledgeBase


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object, command: str = "build-kb") -> int:
    monkeypatch.setattr(sys, "argv", ["bio-ie", command, *map(str, arguments)])
    try:
        main(prog="bio-ie")
    except SystemExit as error:
        return int(error.code or 0)
    return 0


@pytest.fixture
def folder(fixtures_folder: Path) -> Path:
    return fixtures_folder / "knowledge"


@pytest.fixture
def config(folder: Path, tmp_path: Path) -> Path:
    """MeSH, CTD's diseases, phenotypes and annotations as one knowledge base."""
    sources = [
        {
            "type": "mesh",
            "path": str(folder / "mesh_descriptors.tsv"),
            "tree_numbers": str(folder / "mesh_tree_numbers.tsv"),
        },
        {"type": "ctd", "path": str(folder / "CTD_diseases.tsv")},
        {"type": "obo", "path": str(folder / "phenotypes.obo")},
        {"type": "hpoa", "path": str(folder / "phenotype.hpoa")},
    ]
    path = tmp_path / "kb.jsonnet"
    merged = {"type": "merged", "sources": sources, "merge_by": ["MESH"]}
    path.write_text(f"local nothing = 1;\n{json.dumps(merged)}")
    return path


def error_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.split("\n")
    (line,) = [line for line in lines if line.startswith("error:")]
    return line


def test_one_source_of_the_command_line(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "new folder" / "kb.sqlite"
    path = folder / "CTD_diseases.tsv"
    assert run(monkeypatch, "--source", "ctd", "--path", path, "--output", out) == 0
    printed = capsys.readouterr().out
    assert "read ctd CTD_diseases.tsv: 4 diseases, 4 synonyms\n" in printed
    assert f"wrote {out}: 4 concepts, 8 names, 1 definition, 1 semantic type, " in printed
    assert "  left out 3: relations with an end that no source names\n" in printed
    assert len(KnowledgeBase(str(out))) == 4


def test_config_merges_sources(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "kb.sqlite"
    assert run(monkeypatch, config, "--output", out) == 0
    assert "read hpoa phenotype.hpoa: 5 annotations\n" in capsys.readouterr().out
    kb = KnowledgeBase(str(out))
    # The concepts are MeSH's descriptor, MEDIC's disease, HPO's phenotype that refers to it, and
    # the annotated disease.
    for id in ("D900003", "OMIM:990001", "DOID:900003", "HP:9900003", "HP:9900030", "HP:9900005"):
        assert kb.resolve(id) == "MESH:D900003"
    concept = kb.concept("MESH:D900003")
    assert concept.name == "Lumenitis"
    assert set(concept.aliases) == {
        "Lumenitides", "Lumen Inflammations", "Inflamed Lumen", "Lumen Inflammation",
        "Inflamed lumen", "Lumen inflammation", "Sore inside", "Lumenitis 1",
    }  # fmt: skip
    assert ("OMIM:990003", "has_phenotype", "MESH:D900003") in set(kb.relations())
    assert kb.evidence("OMIM:990003", "has_phenotype", "MESH:D900003") == ("900001", "900003")


def test_sources_of_the_command_line_merge_as_well(
    config: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mesh = {"type": "mesh", "tree_numbers": str(folder / "mesh_tree_numbers.tsv")}
    arguments: List[object] = ["--source", json.dumps(mesh), "--source", "ctd", "--source", "obo"]
    for file in ("mesh_descriptors.tsv", "CTD_diseases.tsv", "phenotypes.obo"):
        arguments += ["--path", folder / file]
    arguments += ["--source", json.dumps({"type": "hpoa", "path": str(folder / "phenotype.hpoa")})]
    one, other = tmp_path / "one.sqlite", tmp_path / "other.sqlite"
    assert run(monkeypatch, *arguments, "--merge-by", "MESH", "--output", one) == 0
    assert run(monkeypatch, config, "--output", other) == 0
    fingerprints = {KnowledgeBase(str(path)).fingerprint for path in (one, other)}
    assert len(fingerprints) == 1


def test_annotations_of_excluded_documents_stay_away(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ids, corpus = tmp_path / "ids.txt.gz", tmp_path / "corpus"
    ids.write_bytes(gzip.compress(b"PMID:900001\n\n777\n"))
    corpus.write_text("900003|t|Title\n900003|a|\n\n900009|t|Title\n900009|a|\n\n")
    out = tmp_path / "kb.sqlite"
    assert run(monkeypatch, config, "--output", out, "--exclude-documents", ids) == 0
    assert "left out 2: relations that rest on excluded documents" in capsys.readouterr().out
    disease = ("OMIM:990003", "has_phenotype", "MESH:D900003")
    assert KnowledgeBase(str(out)).evidence(*disease) == ("900003",)
    arguments = ["--exclude-documents", corpus, "--exclude-from", "pubtator"]
    assert run(monkeypatch, config, "--output", out, *arguments) == 0
    assert KnowledgeBase(str(out)).evidence(*disease) == ("900001",)


def test_parts_of_a_corpus_and_experiments_name_excluded_documents(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corpus, experiment = tmp_path / "corpus", tmp_path / "experiment.jsonnet"
    corpus.write_text("".join(f"90000{n}|t|Title\n90000{n}|a|\n\n" for n in range(10)))
    parts = Path("training_config/lib/shared/parts.libsonnet").resolve()
    experiment.write_text(
        f"(import '{parts}').folded('{corpus}', 5, 0.25)"
        "{ dataset_reader: { type: 'document_graph', corpus: 'pubtator' } }"
    )
    for fold in (0, 3):
        part = {"file": str(corpus), "format": "pubtator", "num_folds": 5, "fold": fold}
        part["validation_share"] = 0.25
        paths = [json.dumps({**part, "split": split}) for split in ("validation", "test")]
        papers = excluded_documents(paths)
        assert len(papers) == 4
        assert papers == scored_documents(str(experiment), fold)
        train = excluded_documents([json.dumps({**part, "split": "train"})])
        assert not papers & train
        assert len(papers | train) == 10
        files = [tmp_path / f"{fold}-{way}.sqlite" for way in ("paths", "experiment")]
        options = [option for path in paths for option in ("--exclude-documents", path)]
        assert run(monkeypatch, config, "--output", files[0], *options) == 0
        options = ["--exclude-scored", str(experiment), "--fold", str(fold)]
        assert run(monkeypatch, config, "--output", files[1], *options) == 0
        assert len({KnowledgeBase(str(file)).fingerprint for file in files}) == 1
        known = set(KnowledgeBase(str(files[0])).evidence_documents())
        assert known
        assert not known & papers
    assert scored_documents(str(experiment)) == scored_documents(str(experiment), 0)


def test_documents_that_a_corpus_has_twice_are_one(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.write_text("1|t|Title\n1|a|\n\n1|t|Title\n1|a|\n\n")
    assert excluded_documents([str(corpus)], "pubtator") == {"1"}


def test_corpus_without_its_format_is_no_list_of_ids(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1\n2|t|A title\n")
    with pytest.raises(CorpusError, match="x:2: not one id; if this is a corpus"):
        excluded_documents([str(tmp_path / "x")])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "a config, or --source and --path, is needed"),
        (["x.jsonnet", "--source", "ctd"], "a config has its own sources"),
        (["--source", "ctd"], "--source ctd needs a --path"),
        (
            ["--source", "ctd", "--path", "a", "--path", "b"],
            "there is no --source for this --path: b",
        ),
        (
            ["--source", "cdt", "--path", "a"],
            "there is no knowledge source 'cdt'; did you mean 'ctd'?",
        ),
        (["--source", '{"type": ', "--path", "a"], "not valid JSON"),
        (["--source", '{"type": "ctd", "no": 1}', "--path", "a"], "no"),
        (["--source", "ctd", "--path", "missing.tsv"], "missing.tsv: cannot be read: No"),
        (["missing.jsonnet"], "missing.jsonnet"),
        (["broken.jsonnet"], "broken.jsonnet: "),
        (["--source", "ctd", "--path", "a", "--fold", "1"], "--fold needs --exclude-scored"),
        (
            ["--source", "ctd", "--path", "a", "--exclude-scored", "x.jsonnet"],
            "there is no file 'x.jsonnet'",
        ),
        (
            ["--source", "ctd", "--path", "a", "--exclude-scored", "empty.jsonnet"],
            "empty.jsonnet has neither validation data nor test data",
        ),
        (
            ["--source", "ctd", "--path", "a", "--exclude-scored", "empty.jsonnet", "--fold", "1"],
            "empty.jsonnet has no setting 'fold'",
        ),
    ],
)
def test_what_is_wrong_is_one_line_and_status_1(
    arguments: List[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.jsonnet").write_text("{")
    (tmp_path / "empty.jsonnet").write_text("{}")
    assert run(monkeypatch, *arguments, "--output", "kb.sqlite") == 1
    assert message in error_line(capsys)
    assert not (tmp_path / "kb.sqlite").exists()


def test_bad_lines_stop_a_build_unless_skipped(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad, out = tmp_path / "x", tmp_path / "kb.sqlite"
    bad.write_text((folder / "CTD_diseases.tsv").read_text() + "one column\n")
    arguments = ["--source", "ctd", "--path", bad, "--output", out]
    assert run(monkeypatch, *arguments) == 1
    assert error_line(capsys).startswith(f"error: {bad}:10: wrong number of columns: 1 of 9 in")
    assert not out.exists()
    assert run(monkeypatch, *arguments, "--on-error", "skip") == 0
    assert re.search(r"lost 1: wrong number of columns \(first: .*:10: ", capsys.readouterr().out)
