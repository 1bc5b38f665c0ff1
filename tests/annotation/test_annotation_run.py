import json
import os
import shutil

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.annotation_run import AnnotationRun, table
from bio_ie.annotation.engines import LocalEngine
from bio_ie.annotation.folder_lock import folder_lock, is_locked
from bio_ie.annotation.job import Job
from bio_ie.annotation.pipeline import Pipeline
from bio_ie.data.corpora import JsonlFormat
from bio_ie.data.shards import AnnotatedFolder, ShardKey
from bio_ie.files.corpus_error import CorpusError
from tests.annotation.fake_steps import CapitalWords, LowerLinks


@pytest.fixture
def inputs(tmp_path):
    """Two files, of 7 and of 3 documents; one of the first is bad."""
    paths = []
    for name, numbers in (("a", range(7)), ("b", range(7, 10))):
        path = tmp_path / f"{name}.jsonl"
        texts = ("A bad one." if number == 4 else f"Text {number} of Ours." for number in numbers)
        lines = [json.dumps({"id": str(n), "text": t}) for n, t in zip(numbers, texts, strict=True)]
        path.write_text("\n".join(lines) + "\n")
        paths.append(str(path))
    return paths


def job(folder, **changes):
    settings = {
        "folder": str(folder),
        "pipeline": {"steps": ["words"]},
        "from_format": {"type": "jsonl"},
        "shard_size": 2,
        "working_folder": os.getcwd(),
    }
    return Job(**{**settings, **changes})


def run(folder, inputs, watch=None, steps=None, **changes):
    pipeline = Pipeline(steps or [CapitalWords(), LowerLinks("links")])
    return AnnotationRun(job(folder, **changes), pipeline, inputs)(LocalEngine(), watch)


def content(folder):
    """All files of a run that must not depend on how often it was interrupted."""
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != ".lock":
            value = path.read_bytes()
            if path.name == "shard.json":
                value = {**json.loads(value), "seconds": None, "written": None}
            files[str(path.relative_to(folder))] = value
    return files


def test_folder_has_all_documents_in_order(tmp_path, inputs):
    summary = run(tmp_path / "out", inputs)
    documents = list(JsonlFormat(on_error="skip").read(tmp_path / "out"))
    assert [document.id for document in documents] == ["0", "1", "2", "3", "5", "6", "7", "8", "9"]
    assert [m.concept_ids for m in documents[0].mentions] == [("text",), ("ours",)]
    assert (summary.made, summary.kept, summary.failures) == (6, 0, 1)
    assert summary.counts["documents"] == 9
    assert summary.counts["links"] == summary.counts["mentions"] == 18
    (failure,) = (tmp_path / "out" / "failures.jsonl").read_text().splitlines()
    assert json.loads(failure) == {
        "id": "4",
        "error": "step 'words': a bad text",
        "input": inputs[0],
    }
    assert table(summary) == [
        "9 documents, 18 mentions, 18 links, 0 relations, 0 facts; 1 failure",
        "  words: 18 mentions",
        "  links: 18 links",
    ]


class Stop(Exception):
    pass


@pytest.mark.parametrize("after", range(8))
def test_interrupted_run_continues_to_the_same_folder(after, tmp_path, inputs):
    run(tmp_path / "whole", inputs)
    results = []

    def stop(result):
        results.append(result)
        if len(results) > after:
            raise Stop

    with pytest.raises(Stop):
        run(tmp_path / "parts", inputs, stop)
    summary = run(tmp_path / "parts", inputs)
    assert summary.made + summary.kept == 6
    assert summary.kept > 0
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_second_run_makes_nothing(tmp_path, inputs):
    run(tmp_path / "out", inputs)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("documents*")}
    summary = run(tmp_path / "out", inputs)
    assert (summary.made, summary.kept) == (0, 6)
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("damage", ["folder", "file", "truncated", "manifest"])
def test_missing_and_damaged_shards_are_made_again(damage, tmp_path, inputs):
    run(tmp_path / "out", inputs)
    before = content(tmp_path / "out")
    shard = AnnotatedFolder(tmp_path / "out").of_shard(ShardKey(0, 2))
    if damage == "folder":
        shutil.rmtree(shard)
    elif damage == "file":
        (shard / "documents.jsonl.gz").unlink()
    elif damage == "truncated":
        os.truncate(shard / "documents.jsonl.gz", 5)
    else:
        (shard / "shard.json").unlink()
    summary = run(tmp_path / "out", inputs)
    assert (summary.made, summary.kept) == (1, 5)
    assert content(tmp_path / "out") == before


def test_new_input_files_are_added(tmp_path, inputs):
    run(tmp_path / "out", inputs[1:])
    summary = run(tmp_path / "out", inputs)
    assert (summary.made, summary.kept) == (4, 2)
    ids = [document.id for document in JsonlFormat(on_error="skip").read(tmp_path / "out")]
    assert ids == ["7", "8", "9", "0", "1", "2", "3", "5", "6"]


def test_changed_input_is_an_error_that_says_what_to_do(tmp_path, inputs):
    run(tmp_path / "out", inputs)
    with open(inputs[0], "a") as file:
        file.write('{"id": "new", "text": "New."}\n')
    with pytest.raises(CorpusError, match=r"a\.jsonl: the file has changed.*delete .*00000 to"):
        run(tmp_path / "out", inputs)
    shutil.rmtree(tmp_path / "out" / "shards" / "00000")
    assert run(tmp_path / "out", inputs).made == 4


def test_input_that_was_only_touched_is_the_same(tmp_path, inputs):
    run(tmp_path / "out", inputs)
    os.utime(inputs[0], (1, 1))
    assert run(tmp_path / "out", inputs).made == 0


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"shard_size": 3}, "shard_size was 2 and is 3"),
        ({"to": "parquet"}, "to was 'jsonl' and is 'parquet'"),
        ({"pipeline": {"steps": ["others"]}}, r"pipeline\.steps\[0\] was 'words' and is 'others'"),
        ({"from_format": {"type": "text"}}, r"from\.type was 'jsonl' and is 'text'"),
    ],
)
def test_other_settings_are_refused_and_named(changes, message, tmp_path, inputs):
    run(tmp_path / "out", inputs)
    with pytest.raises(ConfigurationError, match=message):
        run(tmp_path / "out", inputs, **changes)


def test_other_files_of_the_steps_are_refused_and_named(tmp_path, inputs):
    class WithFile(CapitalWords):
        def files(self):
            return [str(tmp_path / "model")]

    (tmp_path / "model").write_text("one")
    run(tmp_path / "out", inputs, steps=[WithFile()])
    (tmp_path / "model").write_text("two")
    with pytest.raises(ConfigurationError, match="model is another file"):
        run(tmp_path / "out", inputs, steps=[WithFile()])


def test_threads_and_engine_are_no_settings_of_the_result(tmp_path, inputs):
    run(tmp_path / "out", inputs, threads=1)
    assert run(tmp_path / "out", inputs, threads=2).made == 0


def test_two_runs_cannot_write_to_the_same_folder(tmp_path, inputs):
    (tmp_path / "out").mkdir()
    assert not is_locked(tmp_path / "out")
    with folder_lock(tmp_path / "out"):
        assert is_locked(tmp_path / "out")
        with pytest.raises(ConfigurationError, match=f"another run .process {os.getpid()} on"):
            run(tmp_path / "out", inputs)
    assert run(tmp_path / "out", inputs).made == 6


def test_other_folders_are_refused(tmp_path, inputs):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("precious")
    with pytest.raises(ConfigurationError, match="is not empty, and no folder of"):
        run(tmp_path / "out", inputs)
    assert (tmp_path / "out" / "thesis.tex").read_text() == "precious"


def test_run_that_was_killed_before_its_first_file_continues(tmp_path, inputs):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".annotation.json.x1.unfinished").write_text("{")
    assert run(tmp_path / "out", inputs).made == 6


def test_full_disk_ends_the_run_and_keeps_what_is_done(tmp_path, inputs, monkeypatch):
    from bio_ie.data.shards import jsonl_shards

    write = jsonl_shards.JsonlShards.write
    calls = []

    def fails_later(self, documents, folder):
        calls.append(folder)
        if len(calls) == 3:
            raise OSError(28, "No space left on device", str(folder))
        write(self, documents, folder)

    monkeypatch.setattr(jsonl_shards.JsonlShards, "write", fails_later)
    with pytest.raises(OSError, match="No space left"):
        run(tmp_path / "out", inputs)
    assert run(tmp_path / "out", inputs).kept == 2


def test_failure_can_end_the_run(tmp_path, inputs):
    with pytest.raises(CorpusError, match="document '4' failed: step 'words': a bad text"):
        run(tmp_path / "out", inputs, stops_at_failure=True)


def test_file_without_documents_is_a_failure_of_its_own(tmp_path, inputs):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    summary = run(tmp_path / "out", [*inputs, str(empty)])
    assert summary.failures == 2
    lines = (tmp_path / "out" / "failures.jsonl").read_text().splitlines()
    assert json.loads(lines[1])["error"].endswith("no document was found")


def test_unreadable_lines_are_failures_in_their_place(tmp_path):
    path = tmp_path / "some.jsonl"
    path.write_text('{"id": "1", "text": "One"}\n{\n{"id": "3", "text": "Three"}\n')
    summary = run(tmp_path / "out", [str(path)])
    assert (summary.counts["documents"], summary.failures) == (2, 1)
    (line,) = (tmp_path / "out" / "failures.jsonl").read_text().splitlines()
    assert f"{path}:2: line is not valid JSON" in json.loads(line)["error"]


def test_missing_input_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match=r"none\.jsonl"):
        run(tmp_path / "out", [str(tmp_path / "none.jsonl")])


PUBMED = "<PubmedArticleSet>{}</PubmedArticleSet>"
ARTICLE = (
    '<PubmedArticle><MedlineCitation><PMID Version="1">{0}</PMID><Article><ArticleTitle>{1} of Ours'
    "</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
)


def test_updates_do_not_move_the_shards_of_a_file_that_was_begun(tmp_path):
    baseline, update = tmp_path / "a.xml", tmp_path / "b.xml"
    articles = [ARTICLE.format(number, f"Title {number}") for number in range(1, 8)]
    baseline.write_text(PUBMED.format("".join(articles)))
    update.write_text(
        PUBMED.format(
            ARTICLE.format(2, "Better")
            + "<DeleteCitation><PMID>5</PMID><PMID>6</PMID></DeleteCitation>"
        )
    )
    settings = {"from_format": {"type": "pubmed_xml"}}

    def stop(result):
        raise Stop

    with pytest.raises(Stop):
        run(tmp_path / "out", [str(baseline)], stop, **settings)
    run(tmp_path / "out", [str(baseline), str(update)], **settings)
    documents = list(JsonlFormat().read(tmp_path / "out"))
    assert [document.text.split(" of")[0] for document in documents] == [
        *(f"Title {number}" for number in range(1, 8)),
        "Better",
    ]
    run(tmp_path / "anew", [str(baseline), str(update)], **settings)
    documents = list(JsonlFormat().read(tmp_path / "anew"))
    assert [document.id for document in documents] == ["1", "3", "4", "7", "2"]
