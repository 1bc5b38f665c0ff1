import io
from pathlib import Path

import pytest

from bio_ie.annotation.job import InputEnd, ShardDone
from bio_ie.annotation.progress import Progress
from bio_ie.annotation.run_size import RunSize
from bio_ie.data.shards import Shard, ShardKey
from bio_ie.data.shards.annotated_folder import Complete
from bio_ie.files.failures import Failure


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("bio_ie.annotation.progress.time.monotonic", clock)
    return clock


def size_of(tmp_path: Path) -> RunSize:
    (tmp_path / "a").write_bytes(b"x" * 100)
    return RunSize([str(tmp_path / "a")])


def done(number: int, position: float, failures: int = 0) -> ShardDone:
    shard = Shard(10 * number, 10, failures=[Failure("1", "x")] * failures, position=position)
    return ShardDone(ShardKey(0, number), shard)


def test_line_has_share_rate_failures_and_what_is_left(tmp_path, clock):
    progress = Progress(size_of(tmp_path), io.StringIO())
    clock.now += 50
    progress(done(0, 0.25, failures=2))
    assert progress.line() == "25.0%, 10 documents, 0.2/s, 2 failures, 2 min left"
    progress(InputEnd(0, Complete(1, 10)))
    assert progress.line().startswith("100.0%, 10 documents")


def test_what_earlier_runs_have_done_took_no_time(tmp_path, clock):
    size = size_of(tmp_path)
    size.add(ShardKey(0, 0), Shard(0, 10, position=0.5))
    progress = Progress(size, io.StringIO())
    clock.now += 60
    progress(done(1, 0.6))
    assert progress.line() == "60.0%, 10 documents, 0.2/s, 0 failures, 4 min left"


def test_lines_come_now_and_then_where_there_is_no_terminal(tmp_path, clock):
    stream = io.StringIO()
    progress = Progress(size_of(tmp_path), stream)
    for number in range(10):
        clock.now += 10
        progress(done(number, number / 10))
    progress.close()
    assert len(stream.getvalue().splitlines()) == 3
