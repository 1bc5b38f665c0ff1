"""The engine that runs jobs with Ray."""

import json
import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.annotation_run import AnnotationRun
from bio_ie.annotation.engines import LocalEngine, RayEngine
from bio_ie.annotation.job import Job
from bio_ie.annotation.pipeline import build_pipeline
from bio_ie.data.corpora import JsonlFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.processes.ray import warn_of_few

ray = pytest.importorskip("ray", reason="Ray is not installed")

ROOT = Path(__file__).resolve().parents[3]
ARCHIVES = ROOT / "fixtures/archives"
ARCHIVE = ARCHIVES / "joint_ner_re/model.tar.gz"
DOCUMENTS = 300


@pytest.fixture(scope="module", autouse=True)
def one_ray():
    """Ray is started once, since that takes seconds."""
    ray.init(num_cpus=6, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """300 abstracts in two files, one line of which is not valid."""
    texts = [d.text for d in JsonlFormat().read(ROOT / "fixtures/demo/abstracts.jsonl")]
    paths = []
    for number in range(2):
        path = tmp_path_factory.mktemp("input") / f"{number}.jsonl"
        ids = range(number, DOCUMENTS, 2)
        lines = [json.dumps({"id": str(n), "text": texts[n % len(texts)]}) for n in ids]
        lines.insert(5, "{")
        path.write_text("\n".join(lines) + "\n")
        paths.append(str(path))
    return paths


def job(folder, **changes):
    settings = {
        "folder": str(folder),
        "pipeline": {"steps": [{"type": "archive", "archive": str(ARCHIVE)}]},
        "from_format": {"type": "jsonl"},
        "shard_size": 15,
        "working_folder": os.getcwd(),
    }
    return Job(**{**settings, **changes})


def run(folder, inputs, engine, watch=None, **changes):
    of_run = job(folder, **changes)
    pipeline = build_pipeline(of_run.pipeline)
    pipeline.open()
    return AnnotationRun(of_run, pipeline, inputs)(engine, watch)


def shards(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(Path(folder).rglob("documents*"))
    }


@pytest.fixture(scope="module")
def expected(tmp_path_factory, inputs):
    folder = tmp_path_factory.mktemp("local")
    summary = run(folder, inputs, LocalEngine())
    assert summary.counts["documents"] == DOCUMENTS
    assert summary.counts["mentions"] > 0
    return shards(folder), (folder / "failures.jsonl").read_bytes()


class Killer:
    """Kills workers and preparers of Ray at random moments."""

    def __init__(self, times):
        self._left = times
        self.killed = 0
        self._random = random.Random(0)

    def __call__(self, result):
        if self._left and self._random.random() < 0.4:
            self._left -= 1
            self._kill(self._random.choice([0.0, 0.05, 0.2]))

    def _kill(self, after):
        def kill():
            time.sleep(after)
            workers = [pid for pid in _processes() if b"_Maker" in _title(pid)]
            if workers:
                os.kill(self._random.choice(workers), signal.SIGKILL)
                self.killed += 1

        threading.Thread(target=kill).start()


def _processes():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _title(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_shards_are_those_of_one_process_even_if_workers_die(inputs, expected, tmp_path):
    killer = Killer(times=2)
    summary = run(tmp_path / "out", inputs, RayEngine(workers=2), killer)
    assert killer.killed
    assert summary.counts["documents"] == DOCUMENTS
    assert shards(tmp_path / "out") == expected[0]
    assert (tmp_path / "out" / "failures.jsonl").read_bytes() == expected[1]
    assert [path for path in (tmp_path / "out").rglob(".*") if path.name != ".lock"] == []


def test_shards_are_the_same_if_other_actors_prepare_them(inputs, expected, tmp_path):
    killer = Killer(times=2)
    summary = run(tmp_path / "out", inputs, RayEngine(workers=1, preparers=2), killer)
    assert killer.killed
    assert summary.counts["documents"] == DOCUMENTS
    assert shards(tmp_path / "out") == expected[0]
    assert (tmp_path / "out" / "failures.jsonl").read_bytes() == expected[1]
    seconds = json.loads((tmp_path / "out/shards/00000/00000/shard.json").read_text())["seconds"]
    assert list(seconds) == ["reading", "archive (preparing)", "archive (model)"]


def test_a_pipeline_of_two_models_has_actors_for_each_stage(inputs, tmp_path, monkeypatch):
    # The archive names its knowledge base by a relative path.
    for file in ARCHIVES.glob("facts.sqlite*"):
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    kb = {"path": "facts.sqlite"}
    steps = [
        {"type": "dictionary", "kb": "facts.sqlite"},
        {"type": "archive", "name": "joint", "archive": str(ARCHIVE)},
        {"type": "archive", "name": "snerl", "archive": str(ARCHIVES / "snerl/model.tar.gz")},
        {"type": "candidates", "generator": {"type": "exact", "kb": kb, "k": 1}},
    ]
    settings = {"pipeline": {"steps": steps}, "working_folder": str(tmp_path)}
    summary = run(tmp_path / "local", inputs[:1], LocalEngine(), **settings)
    assert summary.steps["snerl"]["facts"] > 0
    run(tmp_path / "ray", inputs[:1], RayEngine(workers=1, preparers=3), **settings)
    assert shards(tmp_path / "ray") == shards(tmp_path / "local") != {}


def test_errors_of_workers_are_those_of_one_process(inputs, tmp_path):
    with pytest.raises(CorpusError, match=r"[01]\.jsonl:6: line is not valid JSON"):
        run(tmp_path / "out", inputs, RayEngine(workers=1), stops_at_failure=True)


def test_too_few_cpus_are_said(caplog):
    warn_of_few(ray, 6)
    assert not caplog.records
    warn_of_few(ray, 8, gpus=0.5)
    assert [record.getMessage()[:36] for record in caplog.records] == [
        "Ray has 6 CPUs, and 8 are needed: so",
        "Ray has 0 GPUs, and 0.5 are needed: ",
    ]


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"workers": 0}, "--workers must be positive"),
        ({"workers": 1, "gpus_per_worker": -1}, "--gpus-per-worker must not be negative"),
        ({"workers": 1, "preparers": -1}, "--preparers must not be negative"),
    ],
)
def test_wrong_settings_are_errors(settings, message):
    with pytest.raises(ConfigurationError, match=message):
        RayEngine(**settings)


def test_missing_library_is_an_error(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'bio_ie\[ray\]'"):
        RayEngine(workers=1)
