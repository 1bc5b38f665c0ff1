import os
import shutil
import tempfile
from pathlib import Path

import pytest

from bio_ie.files.unfinished import ENDING, unfinished_file, unfinished_folder


def hidden(folder: Path) -> "list[str]":
    return [path.name for path in folder.iterdir() if path.name.endswith(ENDING)]


def test_folder_is_hidden_and_goes_in_the_end(tmp_path: Path) -> None:
    with unfinished_folder(tmp_path, "output") as folder:
        assert folder.is_dir()
        assert hidden(tmp_path) == [folder.name]
        assert folder.name.startswith(".output.")
    assert not hidden(tmp_path)


def test_what_a_killed_process_left_is_deleted(tmp_path: Path) -> None:
    (tmp_path / f".output.abc{ENDING}").mkdir()
    (tmp_path / f".output.def{ENDING}").write_text("half")
    (tmp_path / f".other.abc{ENDING}").mkdir()
    with unfinished_folder(tmp_path, "output") as folder:
        assert sorted(hidden(tmp_path)) == sorted([f".other.abc{ENDING}", folder.name])


def test_what_a_living_process_makes_stays(tmp_path: Path) -> None:
    with (
        unfinished_folder(tmp_path, "output") as first,
        unfinished_file(tmp_path / "output") as (_, second),
        unfinished_folder(tmp_path, "output"),
    ):
        assert first.is_dir()
        assert second.is_file()


@pytest.mark.parametrize("moment", ["made", "opened"])
def test_another_process_may_delete_it_before_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    deleted = []
    module, name = (tempfile, "mkdtemp") if moment == "made" else (os, "open")
    function = getattr(module, name)

    def delete_the_first(*arguments, **options):  # type: ignore[no-untyped-def]
        result = function(*arguments, **options)
        if not deleted:
            deleted.append(result if moment == "made" else arguments[0])
            shutil.rmtree(deleted[0])
        return result

    monkeypatch.setattr(module, name, delete_the_first)
    with unfinished_folder(tmp_path, "output") as folder:
        monkeypatch.undo()
        assert folder.is_dir()
        assert str(folder) != str(deleted[0])
    assert not hidden(tmp_path)
