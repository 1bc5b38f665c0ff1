import pytest

from bio_ie.annotation.run_size import RunSize, duration
from bio_ie.data.shards import Shard, ShardKey


@pytest.mark.parametrize(
    "seconds, expected",
    [
        (0.4, "0 s"),
        (45, "45 s"),
        (720, "12 min"),
        (12_000, "3 h 20 min"),
        (4 * 86_400 + 3 * 3_600, "4 days 3 h"),
    ],
)
def test_durations_are_written_as_people_say_them(seconds, expected):
    assert duration(seconds) == expected


def test_share_is_that_of_the_bytes(tmp_path):
    for name, size in (("a", 300), ("b", 100)):
        (tmp_path / name).write_bytes(b"x" * size)
    size = RunSize([str(tmp_path / "a"), str(tmp_path / "b")])
    assert size.share() == 0
    size.add(ShardKey(0, 1), Shard(2, 2, position=0.5))
    size.add(ShardKey(0, 0), Shard(0, 2, position=0.25))
    assert size.share() == pytest.approx(150 / 400)
    size.end(1)
    assert size.share() == pytest.approx(250 / 400)


def test_share_of_input_without_a_size_is_unknown():
    assert RunSize(["https://example.org/corpus.jsonl"]).share() is None
