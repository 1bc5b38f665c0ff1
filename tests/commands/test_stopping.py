"""Commands that are told to stop, or are killed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Iterator, List

import pytest

from bio_ie.data.corpora import CorpusFormat
from tests.commands.command_server import ROOT, CommandServer, wait_for

ARCHIVE = ROOT / "fixtures/archives/joint_ner_re/model.tar.gz"
STOPS = [(signal.SIGTERM, 143), (signal.SIGINT, 130)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandServer]:
    server = CommandServer(tmp_path_factory.mktemp("commands"))
    yield server
    server.close()


class Feed:
    """A pipe that gives documents to a command, and then no more, but does not end."""

    def __init__(self, path: Path, documents: int) -> None:
        self.path = path
        self.is_read = False
        self._end = threading.Event()
        os.mkfifo(path)
        text = "Naloxone reverses the effect of clonidine in rats."
        self._lines = [json.dumps({"id": f"d{n}", "text": text}) for n in range(documents)]
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        with open(self.path, "w") as file:
            file.write("\n".join(self._lines) + "\n")
            file.flush()
            self.is_read = True
            self._end.wait()

    def close(self) -> None:
        self._end.set()
        self._thread.join()


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    feed = Feed(tmp_path / "pipe.jsonl", 20)
    yield feed
    feed.close()


def ids(path: Path) -> List[str]:
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


@pytest.mark.parametrize(("number", "status"), STOPS)
@pytest.mark.parametrize("options", [[], ["--from", "jsonl"]])
def test_predict_writes_what_it_has_read(
    server: CommandServer,
    feed: Feed,
    tmp_path: Path,
    number: int,
    status: int,
    options: List[str],
) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("of another run\n")
    command = server.start("predict", ARCHIVE, feed.path, *options, "--output", output)
    wait_for(lambda: feed.is_read)
    time.sleep(0.5)
    command.kill(number)
    assert command.wait() == status
    partial = tmp_path / "partial-out.jsonl"
    done = ids(partial)
    assert done
    assert done == [f"d{n}" for n in range(len(done))]
    assert all("error" not in json.loads(line) for line in partial.read_text().splitlines())
    count = f"{len(done)} documents" if len(done) > 1 else "1 document"
    assert command.err == [
        f"stopped by {signal.Signals(number).name}: predicted the first {count} of the input, "
        f"which are in {partial}"
    ]
    assert output.read_text() == "of another run\n"
    assert sorted(os.listdir(tmp_path)) == ["out.jsonl", "partial-out.jsonl", "pipe.jsonl"]


def test_predict_that_is_stopped_while_it_predicts_finishes_the_batch(
    server: CommandServer, tmp_path: Path
) -> None:
    many = tmp_path / "many.txt"
    text = "Naloxone reverses the effect of clonidine in rats. "
    many.write_text("".join(f"{n}|t|{text}\n{n}|a|{text * 20}\n\n" for n in range(3000)))
    output = tmp_path / "out"
    command = server.start(
        "predict", ARCHIVE, many, "--from", "pubtator", "--to", "brat", "--output", output
    )
    wait_for(lambda: any(tmp_path.glob(".out.*/*.ann")))
    command.kill(signal.SIGTERM)
    assert command.wait() == 143
    done = list(CorpusFormat.by_name("brat")().read(tmp_path / "partial-out"))
    assert 0 < len(done) < 3000
    (line,) = command.err
    assert line.startswith(f"stopped by SIGTERM: predicted the first {len(done):,} documents")
    assert sorted(os.listdir(tmp_path)) == ["many.txt", "partial-out"]


def test_a_stopped_predict_without_a_document_leaves_no_file(
    server: CommandServer, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe.jsonl"
    os.mkfifo(pipe)
    command = server.start("predict", ARCHIVE, pipe, "--from", "jsonl", "--output", tmp_path / "o")
    with open(pipe, "w"):
        time.sleep(0.3)
        command.kill(signal.SIGTERM)
        assert command.wait() == 143
    assert command.err == ["stopped by SIGTERM: predicted no document"]
    assert os.listdir(tmp_path) == ["pipe.jsonl"]


@pytest.mark.parametrize(("number", "status"), STOPS)
def test_another_command_ends_at_once_and_leaves_nothing(
    server: CommandServer, feed: Feed, tmp_path: Path, number: int, status: int
) -> None:
    output = tmp_path / "out.jsonl"
    command = server.start("convert", feed.path, output, "--from", "jsonl", "--to", "jsonl")
    wait_for(lambda: feed.is_read)
    command.kill(number)
    assert command.wait() == status
    assert command.err == [f"stopped by {signal.Signals(number).name}: no output file was written"]
    assert os.listdir(tmp_path) == ["pipe.jsonl"]


def test_training_says_how_to_go_on(server: CommandServer, tmp_path: Path) -> None:
    config = ROOT / "fixtures/models/joint_ner_re.jsonnet"
    arguments = ["-s", tmp_path / "run", "-o", '{"trainer.num_epochs": 100000}']
    command = server.start("train", config, *arguments)
    wait_for((tmp_path / "run" / "best.th").exists)
    command.kill(signal.SIGTERM)
    assert command.wait() == 143
    told = "stopped by SIGTERM: the same command with --recover continues"
    assert sum(line.endswith(told) for line in command.err) == 1  # perhaps behind a progress bar
    assert not any("Traceback" in line for line in command.err)
    assert not (tmp_path / "run" / "model.tar.gz").exists()


def test_what_a_killed_command_leaves_is_cleared_by_the_next(
    server: CommandServer, feed: Feed, tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    arguments = ["--from", "jsonl", "--to", "jsonl"]
    killed = server.start("convert", feed.path, output, *arguments)
    wait_for(lambda: bool(list(tmp_path.glob(".out.jsonl.*.unfinished"))))
    killed.kill(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    assert len(list(tmp_path.glob(".out.jsonl.*.unfinished"))) == 1
    demo = ROOT / "fixtures/demo/validation.jsonl"
    assert server.start("convert", demo, output, *arguments).wait() == 0
    assert sorted(os.listdir(tmp_path)) == ["out.jsonl", "pipe.jsonl"]


@pytest.mark.parametrize("seconds", [1, 2, 3])
def test_a_command_can_be_stopped_while_it_starts(seconds: int, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")  # which it waits for if it has started before
    arguments = ["convert", "pipe.jsonl", "out.jsonl", "--from", "jsonl", "--to", "jsonl"]
    command = subprocess.Popen(
        [sys.executable, "-m", "bio_ie", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Background jobs of a shell, which tests can be, ignore SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(seconds)
    command.send_signal(signal.SIGINT)
    _, err = command.communicate(timeout=60)
    assert command.returncode == 130
    assert err.splitlines()[-1].startswith("stopped by SIGINT")
    assert "Traceback" not in err
