import io
import re
from pathlib import Path
from typing import List, Tuple

import pytest

from bio_ie.files import byte_window
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.files.xml_records import XmlRecords

RECORDS = XmlRecords("a list", {"list": ("item", "end")}, re.compile(rb"<id>(\d+)"))

CONTENT = b"""<?xml version="1.0"?>
<!-- <item> --><!DOCTYPE list SYSTEM "x.dtd">
<list xmlns:m="urn:m" note="a > b">
 <item><id>1</id><![CDATA[</item>]]><!-- </item> --></item>
 <item a=">" /> <items/><item
 ><id>2</id><item2/></item
 >
 <!-- <item><id>3</id></item> -->
 <end><m:id>4</m:id></end></list>
"""


def cut(path: Path, content: bytes = CONTENT) -> List[Tuple[str, object, int, bytes]]:
    path.write_bytes(content)
    source = Source(path, str(path), "raise", CorpusReport())
    return [(r.tag, r.id, r.line, r.content) for r in RECORDS.read(source)]


@pytest.mark.parametrize("block", [7, 64, 1 << 16])
def test_records_are_cut_at_their_tags_whatever_the_blocks(
    block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(byte_window, "_BLOCK", block)
    assert cut(tmp_path / "x") == [
        ("item", "1", 4, b"<item><id>1</id><![CDATA[</item>]]><!-- </item> --></item>"),
        ("item", None, 5, b'<item a=">" />'),
        ("item", "2", 5, b"<item\n ><id>2</id><item2/></item\n >"),
        ("end", None, 9, b"<end><m:id>4</m:id></end>"),
    ]


def test_records_know_the_namespaces_around_them(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(CONTENT)
    *_, last = RECORDS.read(Source(tmp_path / "x", "x", "raise", CorpusReport()))
    assert [part.tag for part in last.element().iter()] == ["end", "id"]


def test_a_record_that_is_too_long_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(byte_window, "_LONGEST_STRETCH", 100_000)
    with pytest.raises(CorpusError, match="x:2: a record is longer"):
        cut(tmp_path / "x", b"<list>\n<item><id>1</id>" + b"a" * 200_000 + b"</item></list>")


def test_the_window_counts_lines_and_finds_what_blocks_cut(tmp_path: Path) -> None:
    source = Source(tmp_path / "x", "x", "raise", CorpusReport())
    content = b"\n" * 65_530 + b"<abcdefgh>" + b"\n" * 70_000 + b"<z>"
    window = byte_window.ByteWindow(io.BufferedReader(io.BytesIO(content)), source)  # type: ignore[arg-type]
    found = window.search(re.compile(b"<[a-z]+>"), 0)
    assert found is not None
    assert found[0] == b"<abcdefgh>"
    window.forget(found.end())
    assert window.line == 65_531
    assert window.end_of(b"<z>", 0) == 70_003
