from pathlib import Path
from typing import List

import pytest

from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.input_files import input_files

XML = ("*.xml", "*.xml.gz")


def names(path: Path, *in_folders: str) -> List[str]:
    return [name for _, name in input_files(str(path), in_folders)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/2.xml.gz", "b/1.xml", "a.xml", "c.txt", ".d.xml", ".hidden/e.xml", "b/f.xml~"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def test_files_of_a_folder_come_in_the_order_of_their_names(folder: Path) -> None:
    expected = [str(folder / name) for name in ("a.xml", "b/1.xml", "b/2.xml.gz")]
    assert names(folder, *XML) == expected
    assert names(folder / "*", *XML) == [*expected, str(folder / "c.txt")]
    assert names(folder / "**/*.xml", *XML) == expected[:2]


def test_without_patterns_a_folder_is_given_as_it_is(folder: Path) -> None:
    assert names(folder) == [str(folder)]
    assert names(folder / "b*") == [str(folder / "b")]


def test_a_folder_without_such_files_is_an_error(folder: Path) -> None:
    with pytest.raises(CorpusError, match=r"b: no file in this folder matches \*\.json or \*\.x"):
        names(folder / "b", "*.json", "*.x")
