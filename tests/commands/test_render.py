import json
import sys

import pytest
from allennlp.commands import main

from bio_ie.text.document import Document, Mention
from tests.rendering.parsed_page import marked_text, parse


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments):
        monkeypatch.setattr(sys, "argv", ["allennlp", "render", *arguments])
        main()

    return run_command


def write(path, *lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


DOCUMENT = Document("d", "a rash", mentions=(Mention("m", 2, 6, "Effect", score=0.5),))


def test_a_file_of_predictions_becomes_a_page(run, tmp_path, capsys):
    write(tmp_path / "out.jsonl", DOCUMENT.to_json(), {"id": "e", "error": "boom"})
    run("out.jsonl", "--output", "pages/page.html")
    page = parse((tmp_path / "pages" / "page.html").read_text(encoding="utf-8"))
    assert page.one("title").text == "out.jsonl"
    first, second = page.all("article")
    assert marked_text(first, 0) == ["rash"]
    assert second.one("p", "failure").text == "Prediction failed boom"
    assert "wrote pages/page.html: 2 documents" in capsys.readouterr().out


def test_gold_format_and_title_are_options(run, tmp_path):
    (tmp_path / "in.pubtator").write_text("1|t|a rash\n1|a|\n1\t2\t6\trash\tEffect\n\n")
    (tmp_path / "gold.pubtator").write_text("1|t|a rash\n1|a|\n1\t0\t6\ta rash\tEffect\n\n")
    options = ["--from", "pubtator", "--gold", "gold.pubtator", "--title", "Mine & yours"]
    options += ["--gold-from", '{"type": "pubtator", "on_error": "skip"}']
    run("in.pubtator", *options, "--output", "page.html")
    page = parse((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert page.one("h1").text == "Mine & yours"
    verdicts = [set(mark.classes) & {"right", "wrong", "missed"} for mark in page.all("mark")]
    assert sorted(v for verdict in verdicts for v in verdict) == ["missed", "wrong"]


@pytest.mark.parametrize(
    "arguments, reason",
    [
        (["none.jsonl"], "none.jsonl"),
        (["bad.jsonl"], "bad.jsonl:1"),
        (["good.jsonl", "--from", "nonsense"], "nonsense"),
        (["good.jsonl", "--gold", "other.jsonl"], "differs from the gold text"),
    ],
)
def test_errors_are_one_clear_line_and_leave_no_page(run, tmp_path, capsys, arguments, reason):
    (tmp_path / "bad.jsonl").write_text("{oops\n")
    write(tmp_path / "good.jsonl", DOCUMENT.to_json())
    write(tmp_path / "other.jsonl", Document("d", "another text").to_json())
    with pytest.raises(SystemExit) as exit_:
        run(*arguments, "--output", "page.html")
    assert exit_.value.code == 1
    (line,) = [ln for ln in capsys.readouterr().err.splitlines() if ln.startswith("error: ")]
    assert reason in line
    assert not (tmp_path / "page.html").exists()


def test_bad_items_are_left_out_if_told_and_nothing_readable_is_an_error(run, tmp_path, capsys):
    good, bad = "1|t|a rash\n1|a|\n1\t2\t6\trash\tEffect\n", "1\tno\tannotation\n"
    (tmp_path / "in.pubtator").write_text(good + bad)
    options = ["in.pubtator", "--from", "pubtator", "--output", "page.html"]
    with pytest.raises(SystemExit):
        run(*options)
    run(*options, "--on-error", "skip")
    assert marked_text(parse((tmp_path / "page.html").read_text()).one("article"), 0) == ["rash"]
    (tmp_path / "in.pubtator").write_text(bad)
    with pytest.raises(SystemExit):
        run(*options, "--on-error", "skip")
    assert "no document could be read" in capsys.readouterr().err
