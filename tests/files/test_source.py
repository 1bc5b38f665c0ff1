import gzip
import pickle
from pathlib import Path

import pytest

from bio_ie.files.corpus_error import CorpusError, quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.files.strict_json import parse_json
from bio_ie.text.document import Document, Mention, Relation


def source(path: Path, content: bytes, on_error: str = "raise") -> Source:
    path.write_bytes(content)
    return Source(path, "corpus.txt", on_error, CorpusReport())


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    content = "a\u2028b\x0bc\x1c\x85\rd\r\n\r\ne\r".encode()
    lines = list(source(tmp_path / "x", b"\xef\xbb\xbf" + content).lines())
    assert lines == ["a\u2028b\x0bc\x1c\x85\rd", "", "e"]


def test_gzip_is_told_by_content_and_not_by_name(tmp_path: Path) -> None:
    assert source(tmp_path / "x", gzip.compress(b"text")).text() == "text"
    assert source(tmp_path / "x.gz", b"text").text() == "text"


def test_errors_name_file_line_and_document_and_survive_pickling(tmp_path: Path) -> None:
    file = source(tmp_path / "x", b"a\nb\n")
    for _ in file.lines():
        if file.line == 2:
            error = file.error("odd", document_id="7")
    assert str(error) == "corpus.txt:2: document '7': odd"
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.line, again.path) == (str(error), 2, "corpus.txt")


def test_problem_raises_or_counts(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"corpus\.txt:3: odd: 'x'"):
        source(tmp_path / "x", b"").problem("odd", "'x'", 3)
    lenient = source(tmp_path / "x", b"", "skip")
    lenient.problem("odd", "'x'", 3)
    lenient.problem("odd", "'y'", 4)
    assert lenient.report.lost == {"odd": 2}
    assert lenient.report.examples == {"odd": "corpus.txt:3: odd: 'x'"}
    assert "lost 2: odd (first: corpus.txt:3: odd: 'x')" in str(lenient.report)


def test_report_counts_fields_that_a_format_cannot_hold() -> None:
    mentions = [
        Mention("a", 0, 1, "X", score=0.0, metadata={"kept": 1}),
        Mention("b", 1, 2, "X", ("D1",), metadata={"kept": 1, "other": 2}),
    ]
    document = Document("7", "ab", tokens=((0, 1), (1, 2)), mentions=tuple(mentions))
    report = CorpusReport()
    report.lose_fields(document, "tokens", "facts", "mention.score", "mention.concept_ids")
    report.lose_metadata(document, mention=("kept",))
    assert report.lost == {
        "tokens cannot be written": 2,
        "score of a mention cannot be written": 1,
        "concept_ids of a mention cannot be written": 1,
        "metadata of a mention cannot be written": 1,
    }


def test_report_counts_documents_and_their_parts() -> None:
    report = CorpusReport()
    mention = Mention("a", 0, 1, "X")
    report.add(Document("7", "a", mentions=(mention,), relations=(Relation("r", "a", "a"),)))
    assert str(report) == "1 document, 1 mention, 1 relation, 0 facts"


@pytest.mark.parametrize(
    "content", ["{", "NaN", "[-Infinity]", '"\\ud800"', "[" * 99999, "9" * 9999, "1e999"]
)
def test_parse_json_has_one_kind_of_error(content: str) -> None:
    with pytest.raises(ValueError):
        parse_json(content)


def test_parse_json_joins_surrogate_pairs() -> None:
    assert parse_json('"\\ud83d\\ude00"') == "😀"


def test_quoted_cuts_what_is_too_long() -> None:
    assert quoted("abc") == "'abc'"
    assert len(quoted("x" * 1000)) < 70


def test_bad_utf8_is_reported_where_it_is_and_not_where_the_buffer_was(tmp_path: Path) -> None:
    content = b"a line\n" * 5000 + b"ab\xff\n"
    with pytest.raises(CorpusError, match=r"corpus\.txt:5001: not valid UTF-8.*byte 2 of the line"):
        list(source(tmp_path / "x", content).lines())
    with pytest.raises(CorpusError, match=r"corpus\.txt: not valid UTF-8.*byte 35002$"):
        source(tmp_path / "x", content).text()


def test_file_that_breaks_off_before_its_first_line_has_no_line_number(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"corpus\.txt: broken gzip file"):
        list(source(tmp_path / "x", gzip.compress(b"text")[:12]).lines())
