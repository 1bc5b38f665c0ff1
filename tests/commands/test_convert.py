import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest
from allennlp.commands import main
from allennlp.common.checks import ConfigurationError

from bio_ie.commands.convert import convert
from bio_ie.data.corpora import CorpusFormat

TWO = "1|t|A\n1|a|\n1\t0\t1\tA\tX\tD1\n\n2|t|B\n2|a|\n2\t0\t1\tC\tX\tD1\n"
"""A corpus whose second document has a mention that differs from its text."""


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["bio-ie", "convert", *map(str, arguments)])
    try:
        main(prog="bio-ie")
    except SystemExit as error:
        return int(error.code or 0)
    return 0


def pubtator(folder: Path) -> Path:
    return folder / "corpora" / "pubtator" / "cdr_like.PubTator.txt"


def test_convert_returns_what_was_read_and_written(fixtures_folder: Path, tmp_path: Path) -> None:
    source, target = (CorpusFormat.by_name(name)() for name in ("pubtator", "bioc_json"))
    read, written = convert(pubtator(fixtures_folder), tmp_path / "new" / "x.gz", source, target)
    assert (read.documents, read.mentions, read.facts) == (3, 10, 2)
    assert str(written) == str(read)
    assert list(target.read(tmp_path / "new" / "x.gz")) == list(
        source.read(pubtator(fixtures_folder))
    )


def test_convert_streams(tmp_path: Path) -> None:
    events: List[str] = []

    class Noted(type(CorpusFormat.by_name("text")())):  # type: ignore[misc]
        def _read(self, source: object) -> object:
            for document in super()._read(source):
                events.append("read")
                yield document

    class Noting(type(CorpusFormat.by_name("jsonl")())):  # type: ignore[misc]
        def _write(self, documents: object, path: Path, report: object) -> None:
            for _ in documents:
                events.append("write")

    (tmp_path / "x").write_text("a\nb\n")
    convert(tmp_path / "x", tmp_path / "y", Noted("line"), Noting())
    assert events == ["read", "write", "read", "write"]


def test_convert_to_a_format_that_cannot_write_is_a_configuration_error(tmp_path: Path) -> None:
    text = CorpusFormat.by_name("text")()
    with pytest.raises(ConfigurationError, match="cannot write"):
        convert(tmp_path / "x", tmp_path / "y", text, text)


def test_command_prints_a_summary(
    fixtures_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "x.xml.gz"
    source = pubtator(fixtures_folder)
    assert run(monkeypatch, source, out, "--from", "pubtator", "--to", "bioc_xml") == 0
    assert gzip.decompress(out.read_bytes()).startswith(b"<?xml")
    printed = capsys.readouterr().out
    assert f"read {source}: 3 documents, 10 mentions, 0 relations, 2 facts" in printed
    assert f"wrote {out}: 3 documents, 10 mentions, 0 relations, 2 facts" in printed


def test_standard_output_gets_the_documents_alone(fixtures_folder: Path) -> None:
    command = [sys.executable, "-m", "bio_ie", "convert", str(pubtator(fixtures_folder))]
    command += ["/dev/stdout", "--from", "pubtator", "--to", "jsonl"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len([json.loads(line) for line in result.stdout.splitlines()]) == 3
    assert "read" in result.stderr


def test_command_takes_globs_and_json_options(
    fixtures_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glob = fixtures_folder / "corpora" / "text" / "*.txt"
    options = json.dumps({"type": "text", "unit": "line"})
    out = tmp_path / "x"
    assert run(monkeypatch, glob, out, "--from", options, "--to", "jsonl") == 0
    assert out.read_text().count("\n") == 3


def test_loss_gives_status_1_unless_skip_accepts_it(
    fixtures_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--from", "pubtator", "--to", "brat"]
    source = pubtator(fixtures_folder)
    assert run(monkeypatch, source, tmp_path / "a", *arguments) == 1
    output = capsys.readouterr()
    assert "lost 2: facts cannot be written (first: document '900001')" in output.out
    assert "use --on-error skip to allow it" in output.err
    assert (tmp_path / "a" / "900001.ann").exists()
    assert run(monkeypatch, source, tmp_path / "b", *arguments, "--on-error", "skip") == 0


def test_bad_input_is_one_line_and_status_1_and_leaves_no_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "x", tmp_path / "y"
    source.write_text(TWO)
    arguments = [source, out, "--from", "pubtator", "--to", "jsonl"]
    assert run(monkeypatch, *arguments) == 1
    (line,) = [line for line in capsys.readouterr().err.split("\n") if line.startswith("error:")]
    assert line.startswith(f"error: {source}:7: document '2': mention text differs")
    assert not out.exists()
    assert run(monkeypatch, *arguments, "--on-error", "skip") == 0
    assert "lost 1: mention text differs" in capsys.readouterr().out
    assert out.read_text().count("\n") == 2


def test_on_error_reaches_the_format_inside_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").write_text(TWO)
    wrapped = json.dumps({"type": "filtered", "format": "pubtator", "with_mentions": ["X"]})
    arguments = [tmp_path / "x", tmp_path / "y", "--from", wrapped, "--to", "jsonl"]
    assert run(monkeypatch, *arguments) == 1
    assert run(monkeypatch, *arguments, "--on-error", "skip") == 0


@pytest.mark.parametrize(
    ("from_format", "message"),
    [
        ("pubtater", "no corpus format 'pubtater'; did you mean 'pubtator'"),
        ('{"type": ', "not valid JSON"),
        ('{"type": "text", "unit": "page"}', "'page'"),
        ('{"type": "text", "units": "line"}', "units"),
        ('{"type": "text", "unit": 5}', "unit"),
        ('{"type": ["text"]}', "format.type must be a name, not a list"),
    ],
)
def test_wrong_format_is_one_line_and_status_1(
    from_format: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "x").write_text("a")
    arguments = [tmp_path / "x", tmp_path / "y", "--from", from_format, "--to", "jsonl"]
    assert run(monkeypatch, *arguments) == 1
    (line,) = [line for line in capsys.readouterr().err.split("\n") if line.startswith("error:")]
    assert re.search(message, line)


def test_full_brat_folder_is_an_error(
    fixtures_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "mine").write_text("x")
    source = pubtator(fixtures_folder)
    assert run(monkeypatch, source, tmp_path, "--from", "pubtator", "--to", "brat") == 1
    assert "brat writes a new or an empty folder" in capsys.readouterr().err


def test_losses_and_notes_are_said_once(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = tmp_path / "x.PubTator"
    source.write_text("1|t|a rash\n1|a|\n1\t2\t6\trash\tX\tD1\n1\tr\tD1\tD2\n1\tno\tfact\n")
    options = ["--from", '{"type": "projected_facts", "format": "pubtator"}', "--to", "jsonl"]
    run(monkeypatch, str(source), str(tmp_path / "y"), *options, "--on-error", "skip")
    said = capsys.readouterr().out + caplog.text
    for words in ("1 fact has an argument", "lost 1", "1 fact without a pair"):
        assert said.count(words) == 1
