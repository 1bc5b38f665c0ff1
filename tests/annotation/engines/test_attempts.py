import pytest

from bio_ie.annotation.engines.attempts import MOST, Attempts, TooManyAttemptsError
from bio_ie.data.shards import AnnotatedFolder, ShardKey


@pytest.fixture
def folder(tmp_path):
    folder = AnnotatedFolder(tmp_path)
    folder.of_input(0).mkdir(parents=True)
    return folder


def test_shard_is_tried_a_few_times(folder):
    attempts = Attempts(folder, "run")
    for _ in range(MOST):
        attempts.begin(ShardKey(0, 3))
    attempts.begin(ShardKey(0, 4))  # another shard
    with pytest.raises(TooManyAttemptsError):
        attempts.begin(ShardKey(0, 3))


def test_attempts_of_another_run_do_not_count(folder):
    for _ in range(MOST):
        Attempts(folder, "one").begin(ShardKey(0, 3))
    Attempts(folder, "other").begin(ShardKey(0, 3))


def test_nothing_is_left_of_a_shard_that_was_made(folder):
    attempts = Attempts(folder, "run")
    attempts.begin(ShardKey(0, 3))
    attempts.end(ShardKey(0, 3))
    assert list(folder.of_input(0).iterdir()) == []
