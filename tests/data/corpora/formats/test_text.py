from pathlib import Path
from typing import List, Tuple

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.formats.text import TextFormat


def read(path: Path, unit: str) -> List[Tuple[str, str]]:
    return [(document.id, document.text) for document in TextFormat(unit).read(path)]


def test_file_is_one_document_kept_as_it_is(tmp_path: Path) -> None:
    content = "\ufeff a\r\n\r\nb\u2028\x85\n"
    (tmp_path / "notes.txt").write_bytes(content.encode())
    assert read(tmp_path / "notes.txt", "file") == [("notes", content[1:])]


def test_lines_and_paragraphs_are_numbered_by_where_they_begin(fixtures_folder: Path) -> None:
    path = fixtures_folder / "corpora" / "text" / "notes.txt"
    first, second, third = (
        "The patient tolerated zelorvine well.",
        "No rash.",
        "A week later, sodium was 128 mmol/l.",
    )
    assert read(path, "line") == [("notes:1", first), ("notes:2", second), ("notes:4", third)]
    assert read(path, "paragraph") == [("notes:1", f"{first}\n{second}"), ("notes:4", third)]


def test_unknown_unit_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="'page'"):
        TextFormat("page")
