"""The folder that `bio-ie annotate` writes.

    annotation.json              the settings, the versions of libraries, and the input files
    failures.jsonl               the documents that failed, one object per line
    shards/00003/input.json      size, time and hash of the input file with the number 3
    shards/00003/00012/          a shard: its documents, and the manifest shard.json
    shards/00003/complete.json   how many shards the file has, once all of them are there

A shard appears under its name when all of it is written. The manifests say how large the files are,
so what was truncated or deleted afterwards is noticed.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NamedTuple, Optional, Union

from bio_ie.data.shards.shard import Shard, ShardKey
from bio_ie.data.shards.shard_format import ShardFormat
from bio_ie.files.atomic_output import atomic_writer, give_usual_rights
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import Failure
from bio_ie.files.unfinished import unfinished_folder
from bio_ie.text.counted import counted
from bio_ie.text.document import Document

RUN = "annotation.json"
FAILURES = "failures.jsonl"
SHARDS = "shards"
MANIFEST = "shard.json"
COMPLETE = "complete.json"
INPUT = "input.json"
VERSION = 1

AGAIN = "the same `bio-ie annotate` again makes it"


class Complete(NamedTuple):
    """The size of an input file.

    # Parameters

    shards, items : `int`
        The numbers of its shards, and of its documents and failures.
    """

    shards: int
    items: int


def is_annotated_folder(path: Union[str, "os.PathLike[str]"]) -> bool:
    """Whether a path is a folder of `bio-ie annotate`."""
    return os.path.isfile(os.path.join(path, RUN))


class AnnotatedFolder:
    """Reads and writes the files of one folder. Any number of processes may write shards at the
    same time.

    # Parameters

    path : `Path`
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"]) -> None:
        self.path = Path(path)

    # The run

    def run(self) -> Optional[Dict[str, Any]]:
        """The settings and the input files of the run, if there are any yet.

        Raises `CorpusError` for a file that is damaged, or of a later version.
        """
        value = self._json(self.path / RUN)
        if value is not None and value.get("version") != VERSION:
            raise CorpusError(
                f"version {value.get('version')!r} of the folder is not {VERSION}: another version "
                "of bio_ie has written it",
                str(self.path / RUN),
            )
        return value

    def write_run(self, settings: Mapping[str, Any], versions: Any, inputs: List[str]) -> None:
        value = {
            "version": VERSION,
            "settings": settings,
            "versions": versions,
            "inputs": inputs,
        }
        self._write_json(self.path / RUN, value, indent=2)

    def inputs(self) -> List[str]:
        """The names of the input files, by their numbers."""
        return list((self.run() or {}).get("inputs", ()))

    # Input files

    def of_input(self, number: int) -> Path:
        return self.path / SHARDS / f"{number:05d}"

    def input_state(self, number: int) -> Optional[Dict[str, Any]]:
        """What an input file was like when its first shard was made."""
        return self._json(self.of_input(number) / INPUT)

    def write_input_state(self, number: int, state: Mapping[str, Any]) -> None:
        self._write_json(self.of_input(number) / INPUT, state)

    def complete(self, number: int) -> Optional[Complete]:
        """The size of an input file. `None` until all its shards have been made."""
        value = self._json(self.of_input(number) / COMPLETE)
        return None if value is None else Complete(value["shards"], value["items"])

    def write_complete(self, number: int, complete: Complete) -> None:
        self._write_json(self.of_input(number) / COMPLETE, complete._asdict())

    # Shards

    def of_shard(self, key: ShardKey) -> Path:
        return self.of_input(key.input) / f"{key.number:05d}"

    def shard_numbers(self, number: int) -> List[int]:
        """The numbers of the shards of an input file that are there, whole or not."""
        try:
            with os.scandir(self.of_input(number)) as entries:
                return sorted(int(entry.name) for entry in entries if entry.name.isdigit())
        except FileNotFoundError:
            return []

    def shard(self, key: ShardKey) -> Shard:
        """The manifest of a shard.

        Raises `CorpusError` for a shard that is missing, or whose files are not what it says.
        """
        folder = self.of_shard(key)
        value = self._json(folder / MANIFEST)
        if value is None:
            raise CorpusError(f"the shard is missing; {AGAIN}", str(folder))
        try:
            shard = Shard.from_json(value)
        except (TypeError, KeyError, ValueError) as error:
            raise CorpusError(
                f"not the manifest of a shard: {error}", str(folder / MANIFEST)
            ) from error
        for name, size in shard.files.items():
            try:
                found = (folder / name).stat().st_size
            except FileNotFoundError:
                raise CorpusError(f"the file is missing; {AGAIN}", str(folder / name)) from None
            if found != size:
                raise CorpusError(
                    f"the file has {counted(found, 'byte')} and not {size:,}; {AGAIN}",
                    str(folder / name),
                )
        return shard

    def is_whole(self, key: ShardKey) -> bool:
        try:
            self.shard(key)
        except CorpusError:
            return False
        return True

    def write_shard(
        self,
        key: ShardKey,
        shard: Shard,
        documents: List[Document],
        shard_format: ShardFormat,
    ) -> None:
        """Writes a shard, which appears when it is whole. Sets the `files` of its manifest."""
        try:
            self._write_shard(key, shard, documents, shard_format)
        except OSError as error:
            if error.filename is not None:
                raise
            # A full disk does not say which one it is.
            raise OSError(error.errno, error.strerror, str(self.of_shard(key))) from error

    def _write_shard(
        self, key: ShardKey, shard: Shard, documents: List[Document], shard_format: ShardFormat
    ) -> None:
        target = self.of_shard(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished_folder(target.parent, target.name) as temporary:
            shard_format.write(documents, temporary)
            shard.files = {path.name: path.stat().st_size for path in sorted(temporary.iterdir())}
            with open(temporary / MANIFEST, "w", encoding="utf-8") as file:
                json.dump(shard.to_json(), file, ensure_ascii=False)
            give_usual_rights(temporary)
            for path in temporary.iterdir():
                _sync(path)
            if target.exists():
                # What is there is damaged, or another process has been faster with the same.
                if self.is_whole(key):
                    return
                shutil.rmtree(target, ignore_errors=True)
            try:
                os.replace(temporary, target)
            except OSError:
                if not self.is_whole(key):
                    raise
        _sync(target.parent)

    # Reading

    def shards(self, partial: bool = False) -> Iterator[ShardKey]:
        """The shards in the order of the input.

        # Parameters

        partial : `bool`, optional (default = `False`)
            Whether the shards that are there are enough. Otherwise `CorpusError` is raised where
            one is missing.
        """
        for number, name in enumerate(self.inputs()):
            complete = self.complete(number)
            there = self.shard_numbers(number)
            if partial:
                yield from (ShardKey(number, shard) for shard in there)
                continue
            if complete is None:
                raise CorpusError(
                    f"{name} is not annotated to its end ({counted(len(there), 'shard')} so far); "
                    "the same `bio-ie annotate` goes on",
                    str(self.path),
                )
            yield from (ShardKey(number, shard) for shard in range(complete.shards))

    def shard_format(self) -> ShardFormat:
        run = self.run()
        if run is None:
            raise CorpusError("not a folder of `bio-ie annotate`", str(self.path))
        name = run["settings"]["to"]
        if name not in ShardFormat.list_available():
            raise CorpusError(f"unknown format of shards {name!r}", str(self.path / RUN))
        return ShardFormat.by_name(name)()

    def documents(self, key: ShardKey) -> Iterator[Document]:
        """The documents of a shard.

        Raises `CorpusError` for a shard that is missing or damaged.
        """
        self.shard(key)
        return self.shard_format().read(self.of_shard(key))

    # Failures

    def write_failures(self) -> int:
        """Collects the failures of all shards in one file, and returns their number. Each has the
        name of the input file."""
        count = 0
        with atomic_writer(self.path / FAILURES) as file:
            inputs = self.inputs()
            for key in self.shards(partial=True):
                for failure in self.shard(key).failures:
                    file.write(_failure_line(failure, inputs[key.input]))
                    count += 1
        return count

    # Files

    def _json(self, path: Path) -> Optional[Dict[str, Any]]:
        try:
            with open(path, encoding="utf-8") as file:
                value = json.load(file)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ValueError as error:
            raise CorpusError(f"not valid JSON: {error}", str(path)) from error
        if not isinstance(value, dict):
            raise CorpusError("not a JSON object", str(path))
        return value

    def _write_json(self, path: Path, value: Any, indent: Optional[int] = None) -> None:
        with atomic_writer(path) as file:
            json.dump(value, file, indent=indent, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())


def _failure_line(failure: Failure, name: str) -> str:
    return json.dumps({**failure.to_json(), "input": name}, ensure_ascii=False) + "\n"


def _sync(path: Path) -> None:
    """Waits until a file or folder is on the disk, so that it survives the machine."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
