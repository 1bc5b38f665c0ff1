"""`annotate`, and the commands that read what it has written."""

import argparse
import json
import random
import shutil
import signal
import time
from dataclasses import replace

import pytest

from bio_ie.commands import annotate
from bio_ie.data.corpora import JsonlFormat
from tests.commands.command_server import PATIENCE, ROOT, CommandServer, wait_for

ARCHIVE = ROOT / "fixtures/archives/joint_ner_re/model.tar.gz"
ABSTRACTS = ROOT / "fixtures/demo/abstracts.jsonl"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = CommandServer(tmp_path_factory.mktemp("commands"))
    yield server
    server.close()


@pytest.fixture(scope="module")
def annotated(tmp_path_factory, server):
    """The folder of the demo abstracts."""
    folder = tmp_path_factory.mktemp("annotated") / "run"
    command = server.start("annotate", ARCHIVE, ABSTRACTS, "--output", folder, "--shard-size", 3)
    assert command.wait() == 0
    return folder


def test_documents_are_those_of_predict(annotated, run, tmp_path):
    predicted = tmp_path / "predicted.jsonl"
    run("predict", ARCHIVE, ABSTRACTS, "--from", "jsonl", "--output", predicted, "--silent")
    for found, expected in zip(
        JsonlFormat().read(annotated), JsonlFormat().read(predicted), strict=True
    ):
        assert {m.metadata["step"] for m in found.mentions} == {"archive"}
        plain = found.with_changes(
            mentions=[replace(mention, metadata=None) for mention in found.mentions],
            relations=[replace(relation, metadata=None) for relation in found.relations],
        )
        assert [m.span for m in plain.mentions] == [m.span for m in expected.mentions]
        assert plain.mentions == tuple(
            replace(mention, score=pytest.approx(mention.score, abs=1e-5))
            for mention in expected.mentions
        )
        assert [(r.type, r.head, r.tail) for r in plain.relations] == [
            (r.type, r.head, r.tail) for r in expected.relations
        ]


def test_other_commands_read_the_folder(annotated, run, tmp_path):
    status, out, _ = run(
        "convert", annotated, tmp_path / "out.json", "--from", "annotated", "--to", "bioc_json"
    )
    assert (status, "8 documents" in out) == (0, True)
    status, out, err = run("score", annotated, annotated)
    assert (status, err) == (0, "")
    assert "100.0" in out
    status, _, _ = run("render", annotated, "--output", tmp_path / "page.html")
    assert status == 0
    assert "demo-abstract-1" in (tmp_path / "page.html").read_text()


def test_facts_are_pooled_from_the_folder(run, tmp_path, fixtures_folder, monkeypatch):
    monkeypatch.chdir(fixtures_folder / "archives")
    pipeline = tmp_path / "facts.jsonnet"
    pipeline.write_text(
        "{ steps: [{ type: 'dictionary', kb: 'facts.sqlite' }, "
        "{ type: 'archive', name: 'snerl', archive: 'snerl/model.tar.gz' }] }"
    )
    texts = fixtures_folder / "corpora/facts/documents.jsonl"
    for to in ("jsonl", "parquet"):
        folder = tmp_path / to
        status, out, err = run("annotate", pipeline, texts, "--output", folder, "--to", to)
        assert status == 0, err
        assert "  dictionary: " in out
        status, out, _ = run("facts", folder, "--output", tmp_path / f"{to}.tsv")
        assert status == 0
    facts = (tmp_path / "jsonl.tsv").read_text()
    assert facts == (tmp_path / "parquet.tsv").read_text()


# Failures


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text('{"id": "1", "text": "Rash after aspirin."}\n{\n')
    return path


def test_failures_are_written_and_give_status_1(run, broken, tmp_path):
    status, out, err = run("annotate", ARCHIVE, broken, "--output", tmp_path / "out")
    assert status == 1
    assert "1 document failed, see " in err
    assert "1 document, " in out
    (line,) = (tmp_path / "out" / "failures.jsonl").read_text().splitlines()
    assert json.loads(line)["error"].startswith(f"{broken}:2: line is not valid JSON")


def test_failures_can_be_skipped_or_end_the_run(run, broken, tmp_path):
    arguments = ("annotate", ARCHIVE, broken, "--output", tmp_path / "out", "--on-error")
    status, _, err = run(*arguments, "raise")
    assert (status, "broken.jsonl:2: line is not valid JSON" in err) == (1, True)
    assert run(*arguments, "skip")[0] == 0


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "a pipeline is needed"),
        ([ARCHIVE], "an input is needed"),
        ([ARCHIVE, ABSTRACTS], "--output is needed"),
        ([ARCHIVE, "none.jsonl", "--output", "o"], "none.jsonl: there is no such file"),
        ([ARCHIVE, "none*.jsonl", "--output", "o"], "no file matches this pattern"),
        (["none.tar.gz", ABSTRACTS, "--output", "o"], "no pipeline and no archive none.tar.gz"),
        ([ARCHIVE, ABSTRACTS, "--output", ABSTRACTS], "is a file, not a folder"),
        (
            [ARCHIVE, ABSTRACTS, "--output", "o", "--to", "csv"],
            "--to must be one of jsonl, parquet",
        ),
        ([ARCHIVE, ABSTRACTS, "--output", "o", "--workers", "2"], "--workers needs --engine ray"),
        ([ARCHIVE, ABSTRACTS, "--output", "o", "--preparers", "2"], "--preparers needs --engine"),
        ([ARCHIVE, ABSTRACTS, "--output", "o", "--shard-size", "0"], "--shard-size must be pos"),
        ([ARCHIVE, ABSTRACTS, "--output", "o", "--cuda-device", "9"], "--cuda-device 9 does not"),
        ([ARCHIVE, ABSTRACTS, "--output", "o", "--from", "jsonlines"], "there is no corpus format"),
        (
            [ARCHIVE, ABSTRACTS, "--output", "o", "-o", '{"steps.0.batchsize": 2}'],
            "did you mean 'batch_size'",
        ),
        (["--status"], "--status needs --output"),
        (["--status", "--output", "o"], "not a folder of `bio-ie annotate`"),
    ],
)
def test_wrong_arguments_are_errors_in_one_line(arguments, message, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, err = run("annotate", *arguments)
    (line,) = [line for line in err.splitlines() if line.startswith("error: ")]
    assert (status, message in line) == (1, True), line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments, workers, preparers",
    [
        ([], 8, 0),
        (["--threads", "2"], 4, 0),
        (["--workers", "2", "--preparers", "3"], 2, 3),
        (["--workers", "1", "--gpus-per-worker", "1"], 1, 6),  # and one core reads
        (["--workers", "1", "--gpus-per-worker", "1", "--threads", "2"], 1, 2),
        (["--workers", "8", "--gpus-per-worker", "1"], 8, 1),
        (["--workers", "1", "--gpus-per-worker", "1", "--preparers", "0"], 1, 0),
        (["--workers", "1", "--gpus-per-worker", "1", "--address", "auto"], 1, 0),
    ],
)
def test_cores_are_given_to_workers_and_preparers(arguments, workers, preparers, monkeypatch):
    made = []
    monkeypatch.setattr(annotate, "RayEngine", lambda *settings: made.append(settings))
    monkeypatch.setattr(annotate.os, "cpu_count", lambda: 8)
    parser = argparse.ArgumentParser()
    annotate.Annotate().add_subparser(parser.add_subparsers())
    annotate._engine(parser.parse_args(["annotate", "--engine", "ray", *arguments]))
    ((found, _, _, prepared),) = made
    assert (found, prepared) == (workers, preparers)


def test_read_only_folder_is_an_error(run, monkeypatch, tmp_path):
    def refuse(*arguments, **settings):
        raise OSError(30, "Read-only file system", str(tmp_path / "out"))

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    status, _, err = run("annotate", ARCHIVE, ABSTRACTS, "--output", tmp_path / "out")
    assert (status, "Read-only file system" in err) == (1, True)


# How far it is


def test_status_of_a_complete_run(annotated, run):
    status, out, _ = run("annotate", "--output", annotated, "--status")
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == f"{annotated}: complete"
    assert lines[1] == "  1 of 1 input file complete, 3 shards"
    assert lines[2].startswith("  8 documents, ")
    assert "archive" in lines[3]


def test_status_of_a_run_that_was_ended(annotated, run, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(annotated, folder)
    (folder / "shards/00000/complete.json").unlink()
    shutil.rmtree(folder / "shards/00000/00002")
    (folder / "shards/00000/00001/documents.jsonl.gz").write_bytes(b"")
    _, out, _ = run("annotate", "--output", folder, "--status")
    assert out.splitlines()[0].endswith(": not running")
    assert "0 of 1 input file complete, 1 shard" in out
    assert "damaged: " in out
    assert "the same `bio-ie annotate` continues" in out


def test_estimate_names_the_slowest_stage_and_writes_nothing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run("annotate", ARCHIVE, ABSTRACTS, "--estimate", "37000000", "--sample", "6")
    assert status == 0
    assert out.startswith("6 documents with 1 thread:")
    for stage in ("reading", "archive", "writing", "together"):
        assert f"  {stage} " in out
    assert "the slowest stage is 'archive (model)'" in out
    assert "37,000,000 documents: " in out
    assert list(tmp_path.iterdir()) == []


# Stopped and killed


@pytest.fixture
def many(tmp_path):
    path = tmp_path / "many.jsonl"
    texts = [document.text for document in JsonlFormat().read(ABSTRACTS)]
    lines = [json.dumps({"id": str(n), "text": texts[n % len(texts)]}) for n in range(60)]
    path.write_text("\n".join(lines) + "\n")
    return path


def shards(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("documents.jsonl.gz"))
    }


def test_killed_run_continues_to_the_same_shards(server, many, tmp_path):
    def start(folder):
        return server.start("annotate", ARCHIVE, many, "--output", folder, "--shard-size", 1)

    def made():
        return len(list(folder.glob("shards/*/*/shard.json")))

    assert start(tmp_path / "whole").wait() == 0
    folder = tmp_path / "parts"
    moments = random.Random(7)
    for _ in range(10):
        before = made()
        command = start(folder)
        wait_for(lambda before=before: made() > before)
        time.sleep(moments.uniform(0, 0.05))
        command.kill(signal.SIGKILL)
        assert command.wait() == -signal.SIGKILL
    assert made() < 60
    last = start(folder)
    assert last.wait() == 0
    assert "were there" in last.out
    assert shards(folder) == shards(tmp_path / "whole")
    assert [path for path in folder.rglob(".*") if path.name != ".lock"] == []


def test_killed_run_with_ray_continues_to_the_same_shards(server, many, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed")
    engines = [["--engine", "ray", "--workers", "1"]] * 2 + [["--engine", "local"]]
    folder = tmp_path / "parts"

    def start(folder, engine):
        size = ["--shard-size", 1]
        return server.start("annotate", ARCHIVE, many, "--output", folder, *size, *engine)

    def made():
        return len(list(folder.glob("shards/*/*/shard.json")))

    assert start(tmp_path / "whole", engines[-1]).wait() == 0
    moments = random.Random(7)
    for engine in engines[:-1]:
        before = made()
        command = start(folder, engine)
        # Starting Ray takes a while on a machine that is busy.
        wait_for(lambda before=before: made() > before, patience=4 * PATIENCE)
        time.sleep(moments.uniform(0, 0.05))
        command.kill(signal.SIGKILL)
        assert command.wait() == -signal.SIGKILL
    last = start(folder, engines[-1])
    assert last.wait() == 0
    assert "were there" in last.out
    assert shards(folder) == shards(tmp_path / "whole")


def test_stopped_run_ends_with_the_status_of_the_signal(server, many, tmp_path):
    folder = tmp_path / "out"
    command = server.start("annotate", ARCHIVE, many, "--output", folder, "--shard-size", 3)
    wait_for(lambda: (folder / "shards/00000/00001").exists())
    command.kill(signal.SIGTERM)
    assert command.wait() == 143
    assert "stopped by SIGTERM: the same command continues" in command.err
    assert list(folder.rglob("*.unfinished")) == []
