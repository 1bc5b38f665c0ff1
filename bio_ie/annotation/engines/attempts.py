"""Counts how often a shard was tried, so that one that kills its workers is not tried for ever."""

import json
from pathlib import Path

from bio_ie.data.shards.annotated_folder import AnnotatedFolder
from bio_ie.data.shards.shard import ShardKey
from bio_ie.files.atomic_output import atomic_writer

MOST = 4


class TooManyAttemptsError(RuntimeError):
    """Raised for a shard whose workers have died `MOST` times."""

    def __init__(self, key: ShardKey) -> None:
        super().__init__(str(key))
        self.key = key


class Attempts:
    """Counts in a hidden file beside the shard, because what counts may die.

    # Parameters

    folder : `AnnotatedFolder`
    run : `str`
        Identifies the run. The attempts of earlier runs do not count.
    """

    def __init__(self, folder: AnnotatedFolder, run: str) -> None:
        self._folder = folder
        self._run = run

    def begin(self, key: ShardKey) -> None:
        """Counts one more attempt.

        Raises `TooManyAttemptsError` if there were too many.
        """
        path = self._path(key)
        before = 0
        if path.exists():
            value = json.loads(path.read_text(encoding="utf-8"))
            before = value["attempts"] if value["run"] == self._run else 0
        if before >= MOST:
            path.unlink(missing_ok=True)
            raise TooManyAttemptsError(key)
        with atomic_writer(path) as file:
            json.dump({"run": self._run, "attempts": before + 1}, file)

    def end(self, key: ShardKey) -> None:
        """Forgets the attempts of a shard that is made, or has failed for a known reason."""
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: ShardKey) -> Path:
        shard = self._folder.of_shard(key)
        return shard.with_name(f".{shard.name}.attempts")
