import logging
from pathlib import Path
from typing import Iterator, List

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Mention


class Lines(CorpusFormat):
    """A format with one document per line. A line "bad" is a bad item, "wrong" is a document with a
    mention outside its text, and "end" breaks the file off."""

    def _read(self, source: Source) -> Iterator[Document]:
        for line in source.lines():
            if line == "bad":
                source.problem("bad line", line)
            elif line == "end":
                raise source.error("the file breaks off")
            else:
                mentions = (Mention("a", 0, 99, "X"),) if line == "wrong" else ()
                yield Document(line, line, mentions=mentions)


def ids(corpus_format: CorpusFormat, path: object, report: CorpusReport) -> list:
    return [document.id for document in corpus_format.read(str(path), report)]


def test_globs_are_read_in_sorted_order_and_counted(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(name[0] + "\n")
    report = CorpusReport()
    assert ids(Lines(), tmp_path / "*.txt", report) == ["a", "b"]
    assert report.documents == 2


def test_repeated_ids_are_told_apart_within_a_file_and_across_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("same\nsame\n")
    with caplog.at_level(logging.WARNING):
        found = ids(Lines(), tmp_path / "*.txt", CorpusReport())
    assert found == ["same", "same#2", "same#3", "same#4"]
    assert len(caplog.messages) == 1
    assert "occurs more than once" in caplog.messages[0]


def test_whatever_a_library_raises_for_a_url_is_a_corpus_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(url: str) -> str:
        raise RuntimeError(f"no credentials for {url}")

    monkeypatch.setattr("bio_ie.files.input_files.cached_path", fail)
    with pytest.raises(CorpusError, match="s3://x/y: cannot be read: no credentials"):
        list(Lines().read("s3://x/y"))


def test_name_with_glob_signs_that_exists_is_a_plain_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text("a\n")
    assert ids(Lines(), tmp_path / "a[1].txt", CorpusReport()) == ["a"]


def test_reading_is_lazy(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("first\nbad\n")
    documents = Lines().read(tmp_path / "a")
    assert next(documents).id == "first"
    with pytest.raises(CorpusError, match=f"{tmp_path}/a:2: bad line"):
        next(documents)


def test_skip_goes_on_after_an_item_and_after_a_file_that_breaks_off(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a").write_text("1\nbad\n2\nend\n3\n")
    (tmp_path / "b").write_text("4\nwrong\n5\n")
    (tmp_path / "c").write_text("6\n")
    report = CorpusReport()
    with caplog.at_level(logging.WARNING):
        assert ids(Lines("skip"), tmp_path / "*", report) == ["1", "2", "4", "6"]
    assert report.lost == {"bad line": 1, "a file cannot be read to its end": 2}
    assert "lost 1: bad line" in caplog.text


def test_document_that_contradicts_itself_is_a_corpus_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\nwrong\n")
    with pytest.raises(CorpusError, match="a:2: document 'wrong': mention 'a' has offsets 0-99"):
        list(Lines().read(tmp_path / "a"))


@pytest.mark.parametrize("name", ["nowhere", "nowhere-*", "."])
def test_what_is_no_file_is_a_corpus_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"cannot be read|no file matches"):
        list(Lines().read(tmp_path / name))


def test_file_without_documents_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(CorpusError, match="no document was found"):
        list(Lines().read(tmp_path / "a"))


def test_format_that_only_reads_refuses_to_write(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Lines cannot write"):
        Lines().write([], tmp_path / "x")


def test_on_error_is_checked() -> None:
    with pytest.raises(ConfigurationError, match="'raise' or 'skip'"):
        Lines("ignore")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"type": "jsonl", "on_error": "skip"},
        {"type": "pubtator", "strip_prefixes": ["MESH:"]},
        {"type": "bioc_xml", "identifier_keys": ["NCBI Gene"]},
        {"type": "bioc_json", "strip_prefixes": []},
        {"type": "brat", "symmetric": ["Binds"]},
        {"type": "text", "unit": "paragraph"},
    ],
)
def test_formats_are_built_from_configs(params: dict) -> None:
    assert isinstance(CorpusFormat.from_params(Params(params)), CorpusFormat)


def test_nothing_readable_is_an_error_though_bad_items_are_skipped(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("bad\n")
    with pytest.raises(CorpusError, match=r"no document could be read: .*a:1: bad line"):
        ids(Lines("skip"), tmp_path / "*", CorpusReport())
    # The caller gets to know each document that was not read.
    unread: List[CorpusError] = []
    assert ids(Lines(), tmp_path / "*", CorpusReport(on_unread=unread.append)) == []
    assert len(unread) == 2


def test_report_that_the_caller_shows_is_not_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "x").write_text("bad\ngood\n")
    for is_shown in (False, True):
        ids(Lines("skip"), tmp_path / "x", CorpusReport(is_shown=is_shown))
        assert ("lost 1" in caplog.text) != is_shown
        caplog.clear()
