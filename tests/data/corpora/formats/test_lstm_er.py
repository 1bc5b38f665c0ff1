import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import LstmErFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from tests.data.corpora.broken_files import broken_files, check_only_corpus_errors, steady

TEXT = "Mira runs Quillworks .\nShe left .\n"
ANNOTATIONS = "T1\tPER 0 4\tMira\nR1\tEMP Arg1:T1 Arg2:T2\nT2\tORG 10 20\tQuillworks\n"


def write(folder, annotations=ANNOTATIONS, name="memo"):
    (folder / f"{name}.split.txt").write_text(TEXT)
    if annotations is not None:
        (folder / f"{name}.split.ann").write_text(annotations)
    return folder / f"{name}.split.txt"


@pytest.mark.parametrize("path", ["", "*.split.txt"])
def test_a_folder_or_pattern_is_read_in_order(fixtures_folder, path):
    first, second = LstmErFormat().read(fixtures_folder / "corpora/lstm_er" / path)
    assert (first.id, second.id) == ("harrow", "memo")
    assert [first.text_of(mention) for mention in first.mentions] == [
        "Mira Tollen", "Quillworks", "The founder", "Harrow\nBay"
    ]  # fmt: skip
    assert [(relation.type, relation.head, relation.tail) for relation in first.relations] == [
        ("EMP-ORG", "T1", "T2"), ("DISC", "T3", "T1")
    ]  # fmt: skip
    assert [first.text[start:end] for start, end in first.sentences] == [
        "Mira Tollen runs Quillworks .", "The founder lives in Harrow", "Bay ."
    ]  # fmt: skip


def test_a_relation_may_stand_before_its_arguments(tmp_path):
    (document,) = LstmErFormat().read(write(tmp_path))
    assert document.relations[0].tail == "T2"


@pytest.mark.parametrize(
    "line, reason",
    [
        ("E1\tX", "begins neither with T nor with R"),
        ("T3\tPER 0 4", "not an entity line"),
        ("T3\tPER 0 x\tMira", "not an entity line"),
        ("T1\tPER 0 4\tMira", "entity id is used twice: T1"),
        ("T3\tPER 4 0\tMira", "entity is outside the text"),
        ("T3\tPER 0 999\tMira", "entity is outside the text"),
        ("T3\tPER 0 4\tMiro", "entity's text differs: 'Miro' but 'Mira'"),
        ("R2\tEMP Arg1:T1", "not a relation line"),
        ("R2\tEMP Arg1:T1 Arg2:T9", "argument of a relation is not an entity: T9"),
        ("R1\tEMP Arg1:T2 Arg2:T1", "relation id is used twice: R1"),
    ],
)
def test_a_bad_line_is_an_error_and_alone_is_skipped(tmp_path, line, reason):
    path = write(tmp_path, f"{ANNOTATIONS}{line}\n")
    with pytest.raises(CorpusError, match=reason) as error:
        list(LstmErFormat().read(path))
    assert f"{tmp_path / 'memo.split.ann'}:4" in str(error.value)
    report = CorpusReport()
    (document,) = LstmErFormat(on_error="skip").read(path, report)
    assert (len(document.mentions), len(document.relations)) == (2, 1)
    assert sum(report.lost.values()) == 1


def test_a_text_without_annotations_is_an_error_and_alone_is_skipped(tmp_path):
    write(tmp_path, None, "bare")
    write(tmp_path)
    with pytest.raises(CorpusError, match="text has no annotation file"):
        list(LstmErFormat().read(tmp_path))
    assert [document.id for document in LstmErFormat(on_error="skip").read(tmp_path)] == ["memo"]


def test_another_file_is_refused(tmp_path):
    (tmp_path / "memo.txt").write_text(TEXT)
    with pytest.raises(CorpusError, match=r"does not end in \.split\.txt"):
        list(LstmErFormat().read(tmp_path / "memo.txt"))


@steady
@given(st.sampled_from(["memo.split.txt", "memo.split.ann"]), st.data())
def test_broken_files_raise_nothing_but_corpus_errors(broken, data):
    files = {"memo.split.txt": TEXT.encode(), "memo.split.ann": ANNOTATIONS.encode()}
    files[broken] = data.draw(broken_files(files[broken]))
    check_only_corpus_errors({"type": "lstm_er"}, files)
