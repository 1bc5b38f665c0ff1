import gzip
import json
from functools import partial
from pathlib import Path
from typing import Any, Iterator, List, Optional, Tuple

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.failures import DocumentOrFailure, Failure, read_with_failures
from bio_ie.text.document import Document


def read(path: Path, format_: Any) -> List[DocumentOrFailure]:
    data_path = {"file": str(path), "format": format_}
    return list(read_with_failures(partial(read_corpus, data_path, CorpusFormat.by_name("text")())))


def outline(items: List[DocumentOrFailure]) -> List[Tuple[Optional[str], bool]]:
    """The ids of items, and whether each item is a document."""
    return [(item.id, isinstance(item, Document)) for item in items]


def pubtator(*ids: str) -> str:
    return "".join(f"{id_}|t|Title {id_}\n{id_}|a|Text.\n\n" for id_ in ids)


def json_lines(*values: Any) -> str:
    return "".join((v if isinstance(v, str) else json.dumps(v)) + "\n" for v in values)


SPERT = {"tokens": ["a"], "entities": [], "relations": []}
BIOC = {"id": "1", "infons": {}, "passages": [], "annotations": [], "relations": []}

BROKEN_IN_THE_MIDDLE = {
    "jsonl": (
        json_lines({"id": "1", "text": "a"}, {"id": "2", "text": 5}, "{", {"id": "3", "text": ""}),
        [("1", True), ("2", False), (None, False), ("3", True)],
    ),
    "pubtator": (
        pubtator("1") + "2|a|No title.\n2\t0\t2\tNo\tX\tD\n\n" + pubtator("3"),
        [("1", True), ("2", False), ("3", True)],
    ),
    "spert": (
        json.dumps([{**SPERT, "orig_id": "1"}, {"orig_id": "2"}, 5, {**SPERT, "orig_id": "3"}]),
        [("1", True), ("2", False), ("number 2", False), ("3", True)],
    ),
    "bioc_json": (
        json.dumps({"documents": [BIOC, {**BIOC, "id": None}, {**BIOC, "id": "3"}]}),
        [("1", True), (None, False), ("3", True)],
    ),
    "biorelex": (
        json.dumps([{"id": "1"}, 5]),
        [("1", False), ("number 1", False)],
    ),
}


@pytest.mark.parametrize("name", BROKEN_IN_THE_MIDDLE)
def test_what_cannot_be_read_fails_in_its_place(name: str, tmp_path: Path) -> None:
    content, expected = BROKEN_IN_THE_MIDDLE[name]
    path = tmp_path / "corpus"
    path.write_text(content)
    items = read(path, name)
    assert outline(items) == expected
    for item in items:
        assert isinstance(item, Document) or item.error.startswith(str(path))


@pytest.mark.parametrize("on_error", ["raise", "skip"])
def test_on_error_does_not_matter(on_error: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(json_lines({"id": "1"}, {"id": "2", "text": "a"}))
    items = read(tmp_path / "x", {"type": "jsonl", "on_error": on_error})
    assert outline(items) == [("1", False), ("2", True)]


def test_bad_annotations_cost_a_warning_and_no_document(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = "2\t0\t99\tTitle\tX\tD\n2\t0\t5\tTitle\tX\tD\n2\tone\ttoo\tfew\n2\tx\n"
    content = pubtator("1", "2").rstrip("\n") + "\n" + rows + "\n" + pubtator("3")
    (tmp_path / "x").write_text(content)
    items = read(tmp_path / "x", "pubtator")
    assert outline(items) == [("1", True), ("2", True), ("3", True)]
    assert isinstance(items[1], Document)
    assert len(items[1].mentions) == 1
    assert "offsets are reversed or outside the text" in caplog.text


def test_annotation_behind_a_blank_line_is_no_failure_of_the_document_before(
    tmp_path: Path,
) -> None:
    content = pubtator("1") + "1\t0\t5\tTitle\tX\tD\n\n" + pubtator("2")
    (tmp_path / "x").write_text(content)
    assert outline(read(tmp_path / "x", "pubtator")) == [("1", True), ("2", True)]


def test_several_problems_of_a_document_are_one_failure(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1|a|No title.\n1\t0\t2\tNo\tX\tD\n\n" + pubtator("2"))
    first, second = read(tmp_path / "x", "pubtator")
    assert isinstance(first, Failure)
    assert "abstract before the title" in first.error
    assert second.id == "2"


def test_gzip_that_breaks_off_is_the_last_failure(tmp_path: Path) -> None:
    values = [{"id": str(number), "text": f"{number**9}" * 50} for number in range(2000)]
    whole = gzip.compress(json_lines(*values).encode())
    (tmp_path / "x.gz").write_bytes(whole[: len(whole) // 2])
    items = read(tmp_path / "x.gz", "jsonl")
    assert 10 < len(items) < 2000
    assert outline(items[:-1]) == [(str(number), True) for number in range(len(items) - 1)]
    assert items[-1] == Failure(None, items[-1].error)  # type: ignore[union-attr]
    assert "broken gzip" in items[-1].error  # type: ignore[union-attr]


def test_file_that_cannot_be_read_at_all_is_a_failure_beside_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "c.txt").write_text("Three.")
    items = read(tmp_path / "*.txt", "text")
    assert outline(items) == [("a", True), ("b", False), ("c", True)]
    assert "not valid UTF-8" in items[1].error  # type: ignore[union-attr]


def test_brat_document_with_a_broken_file_fails_by_name(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("One.")
    (tmp_path / "a.ann").write_text("T1\tDrug 0 99\tOne\n")
    (tmp_path / "b.ann").write_bytes(b"\xff")
    assert outline(read(tmp_path, "brat")) == [("a", True), ("b", False), ("c", True)]


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_empty_corpus_raises(content: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(content)
    with pytest.raises(CorpusError, match="no document was found"):
        read(tmp_path / "x", "pubtator")


def test_missing_corpus_raises(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="cannot be read"):
        read(tmp_path / "x", "pubtator")


def test_corpus_of_nothing_but_bad_documents_does_not_raise(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(json_lines({"id": "1"}, {"id": "2"}))
    assert outline(read(tmp_path / "x", "jsonl")) == [("1", False), ("2", False)]


def test_error_that_ends_the_reading_midway_is_a_failure() -> None:
    def broken(_: CorpusReport) -> Iterator[Document]:
        yield Document("1", "a")
        raise CorpusError("gone", "corpus", document_id="2")

    assert outline(list(read_with_failures(broken))) == [("1", True), ("2", False)]


WRAPPED = {
    "filtered": {"type": "filtered", "format": "pubtator", "exclude_documents": "IDS"},
    "concatenated": {"type": "concatenated", "format": "pubtator", "corpora": ["x"]},
}


@pytest.mark.parametrize("name", WRAPPED)
def test_wrapped_formats_fail_alike(name: str, tmp_path: Path) -> None:
    (tmp_path / "ids").write_text("4\n")
    (tmp_path / "x").write_text(pubtator("1") + "2|a|No title.\n\n" + pubtator("3", "4"))
    options = json.loads(json.dumps(WRAPPED[name]).replace("IDS", str(tmp_path / "ids")))
    items = read(tmp_path if name == "concatenated" else tmp_path / "x", options)
    expected = [("1", True), ("2", False), ("3", True), ("4", True)]
    assert outline(items) == (expected if name == "concatenated" else expected[:3])


def test_k_fold_reads_all_first_and_fails_first(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(pubtator(*"1234") + "5|a|No title.\n\n" + pubtator("6"))
    k_fold = {"type": "k_fold", "format": "pubtator", "num_folds": 2, "fold": 0, "split": "test"}
    items = read(tmp_path / "x", k_fold)
    assert outline(items[:1]) == [("5", False)]
    assert [isinstance(item, Document) for item in items[1:]] == [True] * len(items[1:])


def test_reading_streams() -> None:
    def endless(_: CorpusReport) -> Iterator[Document]:
        while True:
            yield Document("1", "a")

    assert next(read_with_failures(endless)).id == "1"
