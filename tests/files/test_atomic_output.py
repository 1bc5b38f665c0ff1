import contextlib
import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bio_ie.files.atomic_output import atomic_folder, atomic_writer


def test_file_appears_complete_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.txt"
    with atomic_writer(path) as file:
        file.write("a\r\nβ\n")
        assert not path.exists()
    assert path.read_bytes() == "a\r\nβ\n".encode()
    assert os.listdir(path.parent) == ["x.txt"]


def test_gz_is_compressed_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("a.gz", "b.gz"):
        with atomic_writer(tmp_path / name) as file:
            file.write("text")
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()) == b"text"
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "x.gz"
    path.write_text("old")
    with contextlib.suppress(KeyboardInterrupt), atomic_writer(path) as file:
        file.write("new")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["x.gz"]


def test_rights_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with atomic_writer(tmp_path / "file") as file:
            file.write("x")
        with atomic_folder(tmp_path / "folder"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o750


def test_folder_appears_complete_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a" / "folder"
    with contextlib.suppress(KeyboardInterrupt), atomic_folder(target) as folder:
        (folder / "x").write_text("x")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path / "a") == []
    target.mkdir()  # an empty one is taken over
    with atomic_folder(target) as folder:
        (folder / "x").write_text("x")
        assert os.listdir(target) == []
    assert os.listdir(target) == ["x"]
    assert os.listdir(tmp_path / "a") == ["folder"]


def test_folder_that_is_not_empty_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    for path in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(FileExistsError, match="not an empty folder"), atomic_folder(path):
            raise AssertionError("the block must not run")
    assert os.listdir(tmp_path) == ["mine.txt"]


def test_device_or_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with atomic_writer(pipe) as file:
            file.write("text")
        assert os.read(reading, 100) == b"text"
    finally:
        os.close(reading)
    assert pipe.is_fifo()
    assert os.listdir(tmp_path) == ["pipe"]


def test_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="is a folder"), atomic_writer(tmp_path):
        raise AssertionError("the block must not run")
    assert os.listdir(tmp_path) == []


def test_standard_output_is_written_to_and_not_replaced_though_it_is_a_file(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from bio_ie.files.atomic_output import atomic_writer\n"
        "with atomic_writer(Path('/proc/self/fd/1')) as file: file.write('new')\n"
    )
    (tmp_path / "x").write_text("old ")
    with open(tmp_path / "x", "a") as output:
        subprocess.run([sys.executable, "-c", code], stdout=output, check=True)
    assert (tmp_path / "x").read_text() == "old new"
