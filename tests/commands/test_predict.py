import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest
from allennlp.commands import main
from allennlp.predictors import Predictor

import bio_ie  # noqa: F401 - registers what the archive names
from bio_ie.data.corpora import CorpusFormat

PUBTATOR = (
    "1|t|Headache after nifedipine\n1|a|One patient had headache.\n"
    "1\t0\t8\tHeadache\tDisease\tD1\n1\t9\t900\tafter\tDisease\tD1\n\n"
    "2|a|This text has no title.\n\n"
    "3|t|Rash\n3|a|Amoxicillin was stopped.\n\n"
)
"""A corpus whose second document cannot be read. One annotation of the first cannot be read
either."""


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["bio-ie", "predict", *map(str, arguments)])
    try:
        main(prog="bio-ie")
    except SystemExit as error:
        return int(error.code or 0)
    return 0


def json_lines(path: Path) -> List[Dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.jsonl"
    lines = [json.dumps({"text": "Rash after aspirin."}), "", "{", json.dumps({"tokens": ["Rash"]})]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def pubtator(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.PubTator"
    path.write_text(PUBTATOR)
    return path


def check_pubtator_lines(lines: List[Dict[str, Any]], name: str) -> None:
    assert [line["id"] for line in lines] == ["1", "2", "3"]
    assert lines[0]["text"] == "Headache after nifedipine\nOne patient had headache."
    assert all("error" not in line for line in (lines[0], lines[2]))
    assert lines[1]["error"].startswith(f"{name}:6: document '2': abstract before the title")
    # The predictions must replace these annotations, right or wrong.
    types = {mention["type"] for line in lines for mention in line.get("mentions", ())}
    assert types
    assert types <= {"Drug", "Adverse-Effect"}


@pytest.mark.parametrize("batch_size", [[], ["--batch-size", "1"]])
def test_json_lines(
    toy_archive: Path,
    texts: Path,
    batch_size: List[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = texts.with_name("out")
    arguments = [toy_archive, texts, "--predictor", "document", "--output-file", out, *batch_size]
    assert run(monkeypatch, *arguments) == 1
    lines = json_lines(out)
    assert [line["id"] for line in lines] == ["1", "2", "3"]
    assert ["error" in line for line in lines] == [False, True, False]
    printed = capsys.readouterr()
    assert "prediction:" in printed.out
    assert "1 of 3 documents failed" in printed.err


@pytest.mark.parametrize("arguments", [["--predictor", "document"], ["--from", "jsonl"]])
def test_line_that_is_not_utf8_fails_alone(
    toy_archive: Path,
    tmp_path: Path,
    arguments: List[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, out = tmp_path / "texts.jsonl", tmp_path / "out.jsonl"
    lines = [b'{"id": "%d", "text": "Rash%s."}\n' % (n, b"\xff" * (n == 2)) for n in (1, 2, 3)]
    path.write_bytes(b"".join(lines))
    assert run(monkeypatch, toy_archive, path, *arguments, "--silent", "--output", out) == 1
    assert "1 of 3 documents failed" in capsys.readouterr().err
    first, second, third = json_lines(out)
    assert (first["id"], third["id"]) == ("1", "3")
    assert "not valid UTF-8 at character 26" in second["error"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no document was found"),
        (b"\n \n", "no document was found"),
        (gzip.compress(b'{"text": "Rash."}\n')[:-9], "broken gzip file"),
    ],
    # Without these ids, test names would contain the gzip file's time, on which the workers of one
    # run disagree.
    ids=["empty", "blank", "broken gzip"],
)
def test_json_lines_that_cannot_be_read_are_one_line_and_status_1(
    toy_archive: Path,
    tmp_path: Path,
    content: bytes,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(content)
    arguments = [toy_archive, path, "--predictor", "document", "--output", tmp_path / "out"]
    assert run(monkeypatch, *arguments) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert line.startswith(f"error: {path}: {message}")


def test_json_lines_without_failure_give_status_0(
    toy_archive: Path, fixtures_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts, out = fixtures_folder / "demo" / "abstracts.jsonl", tmp_path / "out.jsonl"
    assert run(monkeypatch, toy_archive, texts, "--silent", "--output", out) == 0
    ids = [document.id for document in CorpusFormat.by_name("jsonl")().read(out)]
    assert ids == [line["id"] for line in json_lines(texts)]


def test_use_dataset_reader(
    toy_archive: Path, pubtator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = pubtator.with_name("out")
    overrides = json.dumps({"validation_dataset_reader.corpus.type": "pubtator"})
    arguments = [toy_archive, pubtator, "--use-dataset-reader", "--output", out, "-o", overrides]
    assert run(monkeypatch, *arguments) == 1
    check_pubtator_lines(json_lines(out), str(pubtator))


def test_use_dataset_reader_with_a_part_of_a_corpus(
    toy_archive: Path, fixtures_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(fixtures_folder / "demo" / "validation.jsonl")
    part = {"file": file, "split": "validation", "validation_share": 3}
    out = tmp_path / "out"
    arguments = [toy_archive, json.dumps(part), "--use-dataset-reader", "--output", out]
    assert run(monkeypatch, *arguments, "--silent") == 0
    from_out = tmp_path / "from_out"
    arguments = [toy_archive, json.dumps(part), "--from", "jsonl", "--output", from_out]
    assert run(monkeypatch, *arguments) == 0
    assert len(json_lines(out)) == 3
    assert [line["text"] for line in json_lines(from_out)] == [
        line["text"] for line in json_lines(out)
    ]


@pytest.mark.parametrize("is_compressed", [False, True])
def test_corpus_to_json_lines(
    toy_archive: Path,
    pubtator: Path,
    is_compressed: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = pubtator.with_name("out.jsonl")
    if is_compressed:
        pubtator.write_bytes(gzip.compress(pubtator.read_bytes()))
    assert run(monkeypatch, toy_archive, pubtator, "--from", "pubtator", "--output", out) == 1
    check_pubtator_lines(json_lines(out), str(pubtator))
    printed = capsys.readouterr()
    assert "1 of 3 documents failed" in printed.err
    assert printed.out == ""


def test_without_output_json_lines_go_to_standard_output(
    toy_archive: Path,
    pubtator: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, toy_archive, pubtator, "--from", "pubtator") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    check_pubtator_lines(lines, str(pubtator))


def test_corpus_to_another_format_leaves_failures_out(
    toy_archive: Path,
    pubtator: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    out = pubtator.with_name("out.json")
    arguments = [toy_archive, pubtator, "--from", "pubtator", "--to", "bioc_json", "--output", out]
    assert run(monkeypatch, *arguments) == 1
    documents = list(CorpusFormat.by_name("bioc_json")().read(out))
    assert [document.id for document in documents] == ["1", "3"]
    assert documents[0].mentions
    assert documents[0].text.startswith("Headache after nifedipine")
    error = capsys.readouterr().err
    assert f"wrote {out}: 2 documents" in error
    assert "1 of 3 documents failed" in error
    assert "document '2' failed" in caplog.text


def test_plain_text(toy_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "note.txt").write_text("Rash followed.\n\nAspirin was stopped.\n")
    out = tmp_path / "out"
    options = json.dumps({"type": "text", "unit": "paragraph"})
    arguments = [toy_archive, tmp_path / "note.txt", "--from", options, "--output", out]
    assert run(monkeypatch, *arguments) == 0
    assert [line["id"] for line in json_lines(out)] == ["note:1", "note:3"]


def test_batch_size_is_that_of_the_predictor(
    toy_archive: Path, pubtator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = set()
    predictor_class = Predictor.by_name("document")
    forward = predictor_class._forward

    def noted(self: Any, instances: Any) -> Any:
        sizes.add(self.batch_size)
        return forward(self, instances)

    monkeypatch.setattr(predictor_class, "_forward", noted)
    out = pubtator.with_name("out")
    arguments = [toy_archive, pubtator, "--from", "pubtator", "--output", out]
    run(monkeypatch, *arguments, "--batch-size", 3)
    run(monkeypatch, *arguments)
    assert sizes == {3, 32}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("-", []),
        ("in.jsonl", []),
        ("in.jsonl", ["--use-dataset-reader"]),
        ("in.jsonl", ["--from", "jsonl"]),
    ],
)
def test_a_file_is_one_stream_and_standard_input_is_not(
    toy_archive: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    options: List[str],
) -> None:
    numbers: List[int] = []
    predictor_class = Predictor.by_name("document")
    predict = predictor_class._predict

    def noted(self: Any, window: Any) -> Any:
        numbers.append(window.num_instances)
        return predict(self, window)

    monkeypatch.setattr(predictor_class, "_predict", noted)
    lines = [json.dumps({"id": f"d{n}", "text": "Rash after aspirin."}) for n in range(70)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    out = tmp_path / "out.jsonl"
    with (tmp_path / "in.jsonl").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        source = name if name == "-" else tmp_path / name
        assert run(monkeypatch, toy_archive, source, *options, "--output", out, "--silent") == 0
    assert [line["id"] for line in json_lines(out)] == [f"d{n}" for n in range(70)]
    assert numbers == ([32, 32, 6] if name == "-" else [70])


def test_wordpieces_of_a_batch_are_those_of_the_predictor(
    toy_archive: Path, texts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    predictor_class = Predictor.by_name("document")
    forward = predictor_class._forward

    def noted(self: Any, instances: Any) -> Any:
        seen.add((self.batch_size, self.batch_wordpieces))
        return forward(self, instances)

    monkeypatch.setattr(predictor_class, "_forward", noted)
    arguments = [toy_archive, texts, "--output", texts.with_name("out"), "--silent"]
    run(monkeypatch, *arguments, "--batch-wordpieces", 500, "--batch-size", 9)
    run(monkeypatch, *arguments)
    assert seen == {(9, 500), (32, None)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "bioc_json"], "--to needs --from"),
        (["--silent"], "--silent needs --output"),
        (["--from", "pubtater"], "no corpus format 'pubtater'"),
        (["--from", "pubtator", "--to", "pubtater"], "no corpus format 'pubtater'"),
        (["--from", "pubtator", "--to", "bioc_json"], "BiocJsonFormat needs --output"),
        (["--from", "pubtator", "--to", "text", "--output", "OUT"], "TextFormat cannot write"),
        (["--from", "pubtator", "--use-dataset-reader"], "exclude each other"),
        (["--from", "pubtator", "--batch-size", "0"], "--batch-size must be positive"),
        (["--batch-wordpieces", "-5"], "--batch-wordpieces must be positive, not -5"),
        (["--batch-wordpieces", "9", "--predictor", "text_classifier"], "needs the 'document'"),
        (["--from", "pubtator", "--cuda-device", "99"], "--cuda-device 99 does not exist"),
        (
            ["--from", "pubtator", "--predictor", "text_classifier"],
            "needs the 'document' predictor",
        ),
        (["--from", "pubtator", "--to", "brat", "--output", "FULL"], "a new or an empty folder"),
        (["--from", "pubtator", "-o", '{"model.type": "none"}'], "'none' is not a registered name"),
    ],
)
def test_wrong_command_is_one_line_and_status_1(
    toy_archive: Path,
    pubtator: Path,
    arguments: List[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = pubtator.with_name("out")
    names = {"OUT": str(out), "FULL": str(pubtator.parent)}
    arguments = [names.get(argument, argument) for argument in arguments]
    assert run(monkeypatch, toy_archive, pubtator, *arguments) == 1
    printed = capsys.readouterr()
    (line,) = [line for line in printed.err.splitlines() if line.startswith("error:")]
    assert message in line
    assert printed.out == ""
    assert not out.exists()


@pytest.mark.parametrize(
    ("archive", "corpus", "message"),
    [
        ("none.tar.gz", "corpus.PubTator", "none.tar.gz"),
        ("corpus.PubTator", "corpus.PubTator", "could not be opened"),
        (None, "none", "cannot be read"),
        (None, "empty", "no document was found"),
    ],
)
def test_missing_or_empty_input_is_one_line_and_status_1(
    toy_archive: Path,
    pubtator: Path,
    archive: str,
    corpus: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = pubtator.parent
    (folder / "empty").touch()
    archive_file = folder / archive if archive else toy_archive
    out = folder / "out"
    arguments = [archive_file, folder / corpus, "--from", "pubtator", "--output", out]
    assert run(monkeypatch, *arguments) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert message in line
    assert not out.exists()


def test_archive_that_names_a_foreign_class_is_refused(
    toy_archive: Path,
    texts: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = texts.with_name("run")
    folder.mkdir()
    config = {"model": {"type": "subprocess.Popen", "args": ["touch", str(folder / "proof")]}}
    (folder / "config.json").write_text(json.dumps(config))
    assert run(monkeypatch, folder, texts) == 1
    assert "asks to import and call 'subprocess.Popen'" in capsys.readouterr().err
    assert not (folder / "proof").exists()


def test_missing_knowledge_base_is_one_line_and_status_1_not_a_failure_of_each_document(
    toy_archive: Path,
    texts: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = texts.with_name("out.jsonl")
    background = {"validation_dataset_reader.background": {"kb": {"path": "none.sqlite"}}}
    options = ["--predictor", "document", "--silent", "--output", out]
    assert run(monkeypatch, toy_archive, texts, *options, "-o", json.dumps(background)) == 1
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert line.startswith("error: none.sqlite: there is no such file")


SPERT_INPUTS: List[Any] = [{"tokens": ["Rash", "."]}, ["Ache", "."], "No rash."]


@pytest.mark.parametrize("arguments", [["--silent"], ["--from", "spert"]])
def test_inputs_of_spert(
    toy_archive: Path, tmp_path: Path, arguments: List[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = tmp_path / "in.json", tmp_path / "out.jsonl"
    path.write_text(json.dumps(SPERT_INPUTS, indent=2))
    assert run(monkeypatch, toy_archive, path, *arguments, "--output", out) == 0
    assert [line["text"] for line in json_lines(out)] == ["Rash .", "Ache .", "No rash."]


@pytest.mark.parametrize("arguments", [["--silent"], ["--from", "jsonl"]])
def test_on_error_stops_or_leaves_documents_out(
    toy_archive: Path,
    tmp_path: Path,
    arguments: List[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text('{"id": "a", "text": "Rash."}\n{\n{"id": "c", "text": "Ache."}\n')
    arguments = [str(toy_archive), str(path), "--output", str(out), *arguments, "--on-error"]
    assert run(monkeypatch, *arguments, "raise") == 1
    assert f"error: {path}" in capsys.readouterr().err
    assert run(monkeypatch, *arguments, "skip") == 0
    assert [line["id"] for line in json_lines(out)] == ["a", "c"]
    assert "1 of 3 documents failed" in capsys.readouterr().err
    path.write_text("{\n")
    assert run(monkeypatch, *arguments, "skip") == 1
    assert "no document could be read" in capsys.readouterr().err


def test_output_is_utf8_in_an_ascii_locale(toy_archive: Path, tmp_path: Path) -> None:
    text = "Rash – after aspirin α."
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "é", "text": text}) + "\n")
    command = [sys.executable, "-m", "bio_ie", "predict", str(toy_archive)]
    command += [str(tmp_path / "in.jsonl"), "--from", "jsonl"]
    ascii_locale = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    environment = {**os.environ, **ascii_locale, "PYTHONCOERCECLOCALE": "0"}
    result = subprocess.run(command, capture_output=True, env=environment, check=True)
    (line,) = result.stdout.decode("utf-8").splitlines()
    assert json.loads(line)["text"] == text


def test_file_that_is_no_archive_is_one_line(
    texts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, texts, texts, "--from", "jsonl") == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert error.startswith("error: ")
    assert "archive" in error
